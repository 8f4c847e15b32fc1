using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Configuration;

/// <summary>What reference.conf promises: every key does something, and the defaults are those of the documentation.</summary>
public class ReferenceTests
{
    /// <summary>Keys that need files or each other, and maps; each has a test of its own.</summary>
    private static readonly string[] s_withoutAlternative = ["cluster.tls.certificate", "cluster.tls.key", "cluster.tls.ca",
        "store.redis.ca", "store.redis.password-file", "store.redis.user-file", "node.admin.token-file",
        "node.admin.read-token", "node.admin.read-token-file", "node.admin.tls.certificate", "node.admin.tls.key",
        "pool-defaults.health.password-file", "pool-defaults.health.user-file", "key-defaults.secret-file", "key-defaults.id",
            "key-defaults.secret", "backend-defaults.discover", "backend-defaults.refresh", "backend-defaults.max", "listeners", "pools"];

    private static readonly Dictionary<string, string> s_probeOf = new()
    {
        ["pool-defaults.health.grpc-service"] = "grpc",
        ["pool-defaults.health.user"] = "mysql",
        ["pool-defaults.health.database"] = "postgresql",
        ["pool-defaults.health.password"] = "redis",
        ["pool-defaults.health.role"] = "redis",
    };

    /// <summary>For every other key a value that is not its default.</summary>
    public static TheoryData<string, string> Alternatives => new()
    {
        { "node.name", "lb2" },
        { "node.host", "10.0.0.1" },
        { "node.cluster-port", "4054" },
        { "node.event-loops", "7" },
        { "node.transport", "sockets" },
        { "node.admin.bind", "127.0.0.1:9900" },
        { "node.admin.token", "correct-horse-battery" },
        { "node.admin.max-connections", "65" },
        { "node.admin.max-connections-per-client", "33" },
        { "node.health-bind", "127.0.0.1:9100" },
        { "node.takeover-socket", "/tmp/takeover.sock" },
        { "node.drain-delay", "6s" },
        { "node.drain-timeout", "31s" },
        { "node.access-log.format", "text" },
        { "node.access-log.fields", "[time, status]" },
        { "node.access-log.path", "/tmp/access.log" },
        { "node.log.level", "debug" },
        { "node.log.format", "json" },
        { "cluster.seeds", "[\"10.0.0.1:4053\"]" },
        { "cluster.name-servers", "[127.0.0.1]" },
        { "cluster.profile", "fast" },
        { "cluster.secret-file", "/run/cluster.secret" },
        { "cluster.secret", "0123456789abcdef0123456789abcdef" },
        { "cluster.max-handshakes", "64" },
        { "cluster.max-handshakes-per-address", "8" },
        { "store.type", "redis" },
        { "store.redis.endpoints", "[\"10.0.0.1:6379\"]" },
        { "store.redis.service-name", "main" },
        { "store.redis.user", "lb" },
        { "store.redis.password", "secret" },
        { "store.redis.tls", "true" },
        { "store.redis.database", "3" },
        { "store.redis.prefix", "lb" },
        { "dns.bind", "127.0.0.1:5353" },
        { "dns.zone", "lb.example.org" },
        { "dns.ttl", "3s" },
        { "dns.advertise", "[\"10.0.0.1\"]" },
        { "dns.name-servers", "[ns1.example.org]" },
        { "dns.secondary-transfer", "[\"10.0.0.9\"]" },
        { "dns.rate-limit", "7" },
        { "sticky.keys", "[{ id = k1, secret = \"0123456789abcdef\" }]" },
        { "sticky.capacity", "1000" },
        { "sticky.lookup-timeout", "6ms" },
        { "sticky.learn-timeout", "99ms" },
        { "sticky.new-per-client", "7" },
        { "sticky.move-timeout", "400ms" },
        { "listener-defaults.bind", "127.0.0.1:8081" },
        { "listener-defaults.protocol", "tcp" },
        { "listener-defaults.pool", "other" },
        { "listener-defaults.routes", "[{ path = / }]" },
        { "listener-defaults.max-connections", "10" },
        { "listener-defaults.max-connections-per-client", "10" },
        { "listener-defaults.path", "strict" },
        { "listener-defaults.merge-slashes", "true" },
        { "listener-defaults.upgrades", "[websocket]" },
        { "listener-defaults.trusted-proxies", "[\"10.0.0.0/8\"]" },
        { "listener-defaults.forwarded", "true" },
        { "listener-defaults.via", "off" },
        { "listener-defaults.timeouts.request-head", "11s" },
        { "listener-defaults.timeouts.body-idle", "31s" },
        { "listener-defaults.timeouts.keep-alive", "61s" },
        { "listener-defaults.limits.head", "8KiB" },
        { "listener-defaults.limits.header-count", "99" },
        { "listener-defaults.limits.target", "4KiB" },
        { "listener-defaults.limits.body", "10MiB" },
        { "listener-defaults.limits.body-rate", "0" },
        { "route-defaults.name", "api" },
        { "route-defaults.host", "shop.example.com" },
        { "route-defaults.path", "/a" },
        { "route-defaults.path-prefix", "/a" },
        { "route-defaults.method", "[GET]" },
        { "route-defaults.header", "X-Tenant: blue" },
        { "route-defaults.cookie", "beta=1" },
        { "route-defaults.pool", "other" },
        { "pool-defaults.balance", "random" },
        { "pool-defaults.hash.key", "header:X-Key" },
        { "pool-defaults.hash.algorithm", "ring" },
        { "pool-defaults.hash.virtual-nodes", "151" },
        { "pool-defaults.hash.load-bound", "1.5" },
        { "pool-defaults.backends", "{ b { address = \"127.0.0.1:9009\" } }" },
        { "pool-defaults.health.type", "tcp" },
        { "pool-defaults.health.port", "8008" },
        { "pool-defaults.health.method", "HEAD" },
        { "pool-defaults.health.path", "/up" },
        { "pool-defaults.health.http-version", "1.0" },
        { "pool-defaults.health.headers", "{ X-Probe = lb }" },
        { "pool-defaults.health.expect-body", "ready" },
        { "pool-defaults.health.host", "app.example.com" },
        { "pool-defaults.health.grpc-service", "shop.Cart" },
        { "pool-defaults.health.user", "checker" },
        { "pool-defaults.health.database", "shop" },
        { "pool-defaults.health.password", "secret" },
        { "pool-defaults.health.role", "master" },
        { "pool-defaults.health.interval", "6s" },
        { "pool-defaults.health.fast-interval", "300ms" },
        { "pool-defaults.health.timeout", "3s" },
        { "pool-defaults.health.healthy-threshold", "4" },
        { "pool-defaults.health.unhealthy-threshold", "4" },
        { "pool-defaults.health.expected-status", "[204]" },
        { "pool-defaults.health.start-grace", "1s" },
        { "pool-defaults.health.start-spread", "2s" },
        { "pool-defaults.passive.failures", "4" },
        { "pool-defaults.passive.window", "11s" },
        { "pool-defaults.passive.eject", "11s" },
        { "pool-defaults.passive.max-eject", "301s" },
        { "pool-defaults.passive.max-ejected-percent", "51" },
        { "pool-defaults.passive.status", "[503]" },
        { "pool-defaults.minimum-healthy.count", "2" },
        { "pool-defaults.minimum-healthy.percent", "10" },
        { "pool-defaults.drain-timeout", "31s" },
        { "pool-defaults.slow-start", "10s" },
        { "pool-defaults.sticky.by", "cookie" },
        { "pool-defaults.sticky.name", "SESSION" },
        { "pool-defaults.sticky.ttl", "2h" },
        { "pool-defaults.sticky.cookie.domain", "example.com" },
        { "pool-defaults.sticky.cookie.path", "/shop" },
        { "pool-defaults.sticky.cookie.secure", "always" },
        { "pool-defaults.sticky.cookie.same-site", "strict" },
        { "pool-defaults.sticky.cookie.http-only", "false" },
        { "pool-defaults.sticky.cookie.max-age", "24h" },
        { "pool-defaults.sticky.cookie.strip", "false" },
        { "pool-defaults.sticky.cookie.on-cacheable", "private" },
        { "pool-defaults.retry.attempts", "3" },
        { "pool-defaults.retry.on", "[connect-failure]" },
        { "pool-defaults.retry.budget-percent", "21" },
        { "pool-defaults.timeouts.connect", "2s" },
        { "pool-defaults.timeouts.response", "31s" },
        { "pool-defaults.timeouts.idle", "61s" },
        { "pool-defaults.timeouts.tunnel", "2h" },
        { "pool-defaults.queue.length", "1001" },
        { "pool-defaults.queue.timeout", "6s" },
        { "backend-defaults.address", "127.0.0.1:9009" },
        { "backend-defaults.weight", "2" },
        { "backend-defaults.max-in-flight", "5" },
    };

    [Theory]
    [MemberData(nameof(Alternatives))]
    public void Every_key_does_something(string key, string value)
    {
        var (before, after) = Around(key, value);

        Assert.NotEqual(before, after);
        Assert.Equal(after, Around(key, value).After);
    }

    /// <summary>A legal configuration without, and the same with, one key.</summary>
    internal static (ClusterLbConfig Before, ClusterLbConfig After) Around(string key, string value)
    {
        string[] given = ["pools.other.backends.o1.address=127.0.0.1:9100", key.StartsWith("route-defaults", StringComparison.Ordinal)
            ? "listeners.web.routes=[{}]"
            : "listeners.web.routes=[]"];
        if (key == "listener-defaults.routes") given = given[..1];
        if (s_probeOf.TryGetValue(key, out var probe)) given = [.. given, $"pool-defaults.health.type={probe}"];
        return (Conf.Legal(Conf.Read(Conf.Minimal, given)), Conf.Legal(Conf.Read(Conf.Minimal, [.. given, $"{key}={value}"])));
    }

    [Fact]
    public void Every_key_is_tried_above()
    {
        var tried = Alternatives.Select(row => (string)row[0]).Concat(s_withoutAlternative).Order(StringComparer.Ordinal);

        Assert.Equal(Conf.ReferenceKeys().Order(StringComparer.Ordinal), tried);
    }

    [Fact]
    public void The_reference_read_as_an_operators_file_changes_nothing()
    {
        using var stream = typeof(ConfigurationSources).Assembly.GetManifestResourceStream("reference.conf");
        using var reader = new StreamReader(Assert.IsAssignableFrom<Stream>(stream));

        Assert.Equal(Conf.Legal(Conf.Read(Conf.Minimal)), Conf.Legal(Conf.Read(reader.ReadToEnd() + Conf.Minimal)));
    }

    [Fact]
    public void What_stands_in_a_defaults_block_may_stand_in_the_block_itself()
    {
        const string Spelled = """
            clusterlb {
              listeners { web { bind = "127.0.0.1:8080", pool = app, max-connections = 7, timeouts.keep-alive = 5s,
                  routes = [{ path = /a, pool = app }] } }
              pools { app { balance = random, health.interval = 1s, backends { a1 { address = "127.0.0.1:9001", weight = 9 } } } }
            }
            """;
        const string Inherited = Conf.Minimal + """
            clusterlb {
              listener-defaults { max-connections = 7, timeouts.keep-alive = 5s, routes = [{ path = /a }] }
              pool-defaults { balance = random, health.interval = 1s }
              backend-defaults.weight = 9
            }
            """;

        Assert.Equal(Conf.Legal(Conf.Read(Spelled)), Conf.Legal(Conf.Read(Inherited)));
    }

    [Fact]
    public void The_defaults_of_a_listener_are_those_of_the_documentation()
    {
        var web = Conf.Legal(Conf.Read(Conf.Minimal)).Listeners[0];

        Assert.Equal((ListenerProtocol.Http, 65_536, false), (web.Protocol, web.MaxConnections, web.Forwarded));
        Assert.Equal((0, 0, 0), (web.Routes.Count, web.Upgrades.Count, web.TrustedProxies.Count));
        Assert.Equal(new ListenerTimeouts { RequestHead = Seconds(10), BodyIdle = Seconds(30), KeepAlive = Seconds(60) }, web.Timeouts);
        Assert.Equal(new HttpLimits { HeadBytes = 16_384, HeaderCount = 100, TargetBytes = 8_192, BodyBytes = 0, BodyRate = 240 },
            web.Limits);
    }

    [Fact]
    public void The_defaults_of_a_pool_are_those_of_the_documentation()
    {
        var pool = Conf.Legal(Conf.Read(Conf.Minimal)).Pools[0];

        Assert.Equal(("p2c", Seconds(30), Seconds(0)), (pool.Balance, pool.DrainTimeout, pool.SlowStart));
        Assert.Equal((1, 0), (pool.Backends[0].Weight, pool.Backends[0].MaxInFlight));
        Assert.Equal(new HashConfig
        {
            Key = HashKeyKind.SourceIp,
            KeyName = "",
            Algorithm = HashAlgorithm.Maglev,
            VirtualNodes = 150,
            LoadBound = 1.25
        }, pool.Hash);
        Assert.Equal(
            new HealthConfig
            {
                Probe = new HttpProbeOptions
                {
                    Method = "GET",
                    Path = "/health/ready",
                    HttpVersion = "1.1",
                    Host = "",
                    Headers = [],
                    ExpectedStatus = [200],
                    ExpectBody = "",
                },
                Port = 0,
                Interval = Seconds(5),
                FastInterval = Seconds(1),
                Timeout = Seconds(2),
                HealthyThreshold = 2,
                UnhealthyThreshold = 3,
                StartGrace = Seconds(0),
                StartSpread = Seconds(1),
            },
            pool.Health);
        Assert.Equal(new PassiveConfig
        {
            Failures = 3,
            Window = Seconds(10),
            Eject = Seconds(10),
            MaxEject = Seconds(300),
            MaxEjectedPercent = 50,
            Status = []
        }, pool.Passive);
        Assert.Equal(new MinimumHealthyConfig { Count = 1, Percent = 0 }, pool.MinimumHealthy);
        Assert.Equal(Configs.Sticky, pool.Sticky);
        Assert.Equal(new RetryConfig { Attempts = 2, On = RetryOn.ConnectFailure | RetryOn.NoResponse, BudgetPercent = 20 }, pool.Retry);
        Assert.Equal(new PoolTimeouts { Connect = Seconds(3), Response = Seconds(30), Idle = Seconds(60), Tunnel = Seconds(3_600) },
            pool.Timeouts);
        Assert.Equal(new QueueConfig { Length = 1_000, Timeout = Seconds(5) }, pool.Queue);
    }

    [Fact]
    public void The_defaults_of_sessions_and_the_store_are_those_of_the_documentation()
    {
        var config = Conf.Legal(Conf.Read(Conf.Minimal));

        Assert.Equal(Configs.Sessions, config.Sticky);
        Assert.Equal(new StoreConfig { Type = StoreType.Embedded, Redis = Configs.Redis }, config.Store);
        Assert.Equal(Configs.Dns, config.Dns);
    }

    [Fact]
    public void The_defaults_of_a_node_are_those_of_the_documentation()
    {
        var config = Conf.Legal(Conf.Read(Conf.Minimal));
        var node = config.Node;

        Assert.Equal(("lb1", "127.0.0.1", 4053, Environment.ProcessorCount, TransportKind.Auto),
            (node.Name, node.Host, node.ClusterPort, node.EventLoops, node.Transport));
        Assert.Equal(("127.0.0.1:9000", "", 64, 32),
            (node.Admin.Bind.ToString(), node.Admin.Token.Plain, node.Admin.MaxConnections, node.Admin.MaxConnectionsPerClient));
        Assert.Equal((Seconds(5), Seconds(30)), (node.DrainDelay, node.DrainTimeout));
        Assert.Equal(new AccessLogConfig { Format = AccessLogFormat.Off, Fields = [], Path = "-" }, node.AccessLog);
        Assert.Equal(new LogConfig { Level = LogLevelConfig.Info, Format = LogFormat.Text }, node.Log);
        Assert.Equal((0, ClusterProfile.Balanced, StoreType.Embedded),
            (config.Cluster.Seeds.Count, config.Cluster.Profile, config.Store.Type));
    }

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);
}
