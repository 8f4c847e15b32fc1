using System.Net;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads blocks of <c>pools</c>.</summary>
internal sealed class PoolReader(Policies policies, ProbeRegistry probes)
{
    public PoolConfig Read(string name, ConfigurationSection section, ConfigurationNode backendDefaults)
    {
        ConfigurationReader.CheckName(section, "", name);
        var blocks = section.Named("backends", backendDefaults).ToLookup(block => SourceReader.IsSource(block.Section));
        var pool = new PoolConfig
        {
            Name = name,
            Balance = section.Choice("balance", [.. policies.Names.Select(policy => (policy, policy))]),
            Hash = ReadHash(section.Child("hash")),
            Backends = blocks[false].Select(backend => ReadBackend(backend.Name, backend.Section)).ToEquatableList(),
            Sources = blocks[true].Select(source => SourceReader.Read(source.Name, source.Section)).ToEquatableList(),
            Health = ReadHealth(section.Child("health", off: "type = none")),
            Passive = ReadPassive(section.Child("passive", off: "failures = 0")),
            MinimumHealthy = ReadMinimumHealthy(section.Child("minimum-healthy", off: "count = 0, percent = 0")),
            DrainTimeout = section.Duration("drain-timeout", "0s", "24h"),
            SlowStart = section.Duration("slow-start", "0s", "1h"),
            Sticky = StickyReader.ReadOfPool(section.Child("sticky", off: "by = none")),
            Retry = ReadRetry(section.Child("retry", off: "attempts = 0")),
            Timeouts = ReadTimeouts(section.Child("timeouts")),
            Queue = ReadQueue(section.Child("queue", off: "length = 0")),
        };
        if (pool.Backends.Count == 0 && pool.Sources.Count == 0)
            section.Report("backends", "is empty; a pool needs at least one backend, such as a1 { address = \"127.0.0.1:9001\" }");
        foreach (var same in pool.Sources.GroupBy(source => source.Location).Where(group => group.Count() > 1))
        {
            section.Report("backends",
                $"{string.Join(" and ", same.Select(source => source.Name))} have the same source {same.Key}; each must have its own");
        }

        foreach (var same in pool.Backends.Where(b => b.EndPoint.Port != 0)
            .GroupBy(b => b.Host.Length > 0 ? b.Address.ToLowerInvariant() : b.EndPoint.ToString()).Where(group => group.Count() > 1))
        {
            section.Report("backends",
                $"{string.Join(" and ", same.Select(b => b.Name))} have the same address {same.Key}; each backend needs its own");
        }

        section.RejectUnknown();
        return pool;
    }

    private static BackendConfig ReadBackend(string name, ConfigurationSection section)
    {
        ConfigurationReader.CheckName(section, "", name);
        var address = section.Text("address");
        var parsed = EndPoints.ParseBackend(address, out var problem);
        if (parsed is null) section.Report("address", problem);
        var (host, addresses) = parsed ?? ("", [new IPEndPoint(IPAddress.None, 0)]);
        var backend = new BackendConfig
        {
            Name = name,
            Address = address,
            Host = host,
            EndPoint = addresses[0],
            Addresses = addresses.Count > 1 ? addresses.ToEquatableList() : [],
            NameProblem = host.Length > 0 ? "name does not resolve: no answer yet" : "",
            Weight = section.Integer("weight", 0, 256),
            MaxInFlight = section.Integer("max-in-flight", 0, 1_000_000),
        };
        SourceReader.Skip(section);
        section.RejectUnknown();
        return backend;
    }

    private static HashConfig ReadHash(ConfigurationSection section)
    {
        var key = section.Text("key");
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        var (kind, keyName) = colon < 0 ? (key, "") : (key[..colon], key[(colon + 1)..].Trim());
        var isLegal = keyName.Length > 0
            ? kind is "header" or "cookie" && HttpText.IsToken(keyName)
            : kind is "source-ip" or "path" && colon < 0;
        if (!isLegal) section.Report("key", $"is \"{key}\"; it must be source-ip, header:NAME, cookie:NAME or path");
        var hash = new HashConfig
        {
            Key = kind switch
            {
                "header" => HashKeyKind.Header,
                "cookie" => HashKeyKind.Cookie,
                "path" => HashKeyKind.Path,
                _ => HashKeyKind.SourceIp
            },
            KeyName = keyName,
            Algorithm = section.Choice("algorithm", ("maglev", HashAlgorithm.Maglev), ("ring", HashAlgorithm.Ring)),
            VirtualNodes = section.Integer("virtual-nodes", 1, 1_000),
            LoadBound = section.Number("load-bound", bound => bound is 0 or >= 1 and <= 10, "0, or a number from 1 to 10"),
        };
        section.RejectUnknown();
        return hash;
    }

    private HealthConfig ReadHealth(ConfigurationSection section)
    {
        var interval = section.Duration("interval", "100ms", "1h");
        var fast = section.Duration("fast-interval", "0s", "1h");
        var health = new HealthConfig
        {
            Probe = ReadProbe(section),
            Port = section.Integer("port", 0, 65_535),
            Interval = interval,
            FastInterval = fast > TimeSpan.Zero
                ? fast
                : TimeSpan.FromMilliseconds(Math.Min(interval.TotalMilliseconds, Math.Max(200, interval.TotalMilliseconds / 5))),
            Timeout = section.Duration("timeout", "10ms", "1m"),
            HealthyThreshold = section.Integer("healthy-threshold", 1, 100),
            UnhealthyThreshold = section.Integer("unhealthy-threshold", 1, 100),
            StartGrace = section.Duration("start-grace", "0s", "1h"),
            StartSpread = section.Duration("start-spread", "0s", "1m"),
        };
        if (fast > interval) section.Report("fast-interval", "is longer than interval; it must be shorter, or 0s for interval/5");
        section.RejectUnknown();
        return health;
    }

    private ProbeOptions? ReadProbe(ConfigurationSection section)
    {
        var chosen = section.Choice("type", [.. probes.All.Select(probe => (probe.Type, (IProbe?)probe)), ("none", null)]);
        // The keys of the others are in every pool, by pool-defaults.
        foreach (var other in probes.All.Where(probe => probe != chosen)) other.Read(section.Unused());
        return chosen?.Read(section);
    }

    private static PassiveConfig ReadPassive(ConfigurationSection section)
    {
        var passive = new PassiveConfig
        {
            Failures = section.Integer("failures", 0, 100),
            Window = section.Duration("window", "100ms", "1h"),
            Eject = section.Duration("eject", "100ms", "1h"),
            MaxEject = section.Duration("max-eject", "100ms", "24h"),
            MaxEjectedPercent = section.Integer("max-ejected-percent", 0, 100),
            Status = section.List("status", text => (int.TryParse(text, out var status) && status is >= 502 and <= 504, status),
                "502, 503 or 504"),
        };
        if (passive.MaxEject < passive.Eject) section.Report("max-eject", "is shorter than eject; it must be at least as long");
        section.RejectUnknown();
        return passive;
    }

    private static MinimumHealthyConfig ReadMinimumHealthy(ConfigurationSection section)
    {
        var minimum = new MinimumHealthyConfig
        {
            Count = section.Integer("count", 0, 10_000),
            Percent = section.Integer("percent", 0, 100)
        };
        section.RejectUnknown();
        return minimum;
    }

    private static RetryConfig ReadRetry(ConfigurationSection section)
    {
        var on = section.List(
            "on",
            text => text switch
            {
                "connect-failure" => (true, RetryOn.ConnectFailure),
                "no-response" => (true, RetryOn.NoResponse),
                _ => (false, RetryOn.None)
            },
            "connect-failure or no-response");
        var retry = new RetryConfig
        {
            Attempts = section.Integer("attempts", 0, 10),
            On = on.Aggregate(RetryOn.None, (all, one) => all | one),
            BudgetPercent = section.Integer("budget-percent", 0, 100),
        };
        section.RejectUnknown();
        return retry;
    }

    private static PoolTimeouts ReadTimeouts(ConfigurationSection section)
    {
        var timeouts = new PoolTimeouts
        {
            Connect = section.Duration("connect", "10ms", "1h"),
            Response = section.Duration("response", "10ms", "24h"),
            Idle = section.Duration("idle", "10ms", "24h"),
            Tunnel = section.Duration("tunnel", "10ms", "168h"),
        };
        section.RejectUnknown();
        return timeouts;
    }

    private static QueueConfig ReadQueue(ConfigurationSection section)
    {
        var queue = new QueueConfig
        {
            Length = section.Integer("length", 0, 1_000_000),
            Timeout = section.Duration("timeout", "10ms", "10m")
        };
        section.RejectUnknown();
        return queue;
    }
}
