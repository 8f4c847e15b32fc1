using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Tests.Pools;

/// <summary>Pool configurations with the documented defaults; tests change what they are about.</summary>
internal static class PoolConfigs
{
    public static PoolConfig Of(params string[] backends) => new()
    {
        Name = "app",
        Balance = "p2c",
        Hash = new() { Key = HashKeyKind.SourceIp, KeyName = "", Algorithm = HashAlgorithm.Maglev, VirtualNodes = 150, LoadBound = 1.25 },
        Backends = backends.Select((name, i) => Backend(name, 9001 + i)).ToEquatableList(),
        Health = new()
        {
            Probe = ClusterLb.Testing.Configs.HttpProbe,
            Port = 0,
            Interval = TimeSpan.FromSeconds(5),
            FastInterval = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromSeconds(2),
            HealthyThreshold = 2,
            UnhealthyThreshold = 3,
            StartGrace = TimeSpan.Zero,
            StartSpread = TimeSpan.FromSeconds(1),
        },
        Passive = Passive,
        MinimumHealthy = new() { Count = 1, Percent = 0 },
        DrainTimeout = TimeSpan.FromSeconds(30),
        SlowStart = TimeSpan.Zero,
        Sticky = ClusterLb.Testing.Configs.Sticky,
        Retry = new() { Attempts = 2, On = RetryOn.ConnectFailure | RetryOn.NoResponse, BudgetPercent = 20 },
        Timeouts = new()
        {
            Connect = TimeSpan.FromSeconds(1),
            Response = TimeSpan.FromSeconds(30),
            Idle = TimeSpan.FromSeconds(60),
            Tunnel = TimeSpan.FromHours(1),
        },
        Queue = new() { Length = 1000, Timeout = TimeSpan.FromSeconds(5) },
    };

    public static PassiveConfig Passive { get; } = new()
    {
        Failures = 3,
        Window = TimeSpan.FromSeconds(10),
        Eject = TimeSpan.FromSeconds(10),
        MaxEject = TimeSpan.FromSeconds(300),
        MaxEjectedPercent = 50,
        Status = [],
    };

    public static BackendConfig Backend(string name, int port, int weight = 1, int maxInFlight = 0) => new()
    {
        Name = name,
        Address = $"127.0.0.1:{port}",
        EndPoint = new IPEndPoint(IPAddress.Loopback, port),
        Weight = weight,
        MaxInFlight = maxInFlight,
    };

    public static PoolConfig WithWeights(params int[] weights) => Of() with
    {
        Backends = weights.Select((weight, i) => Backend($"b{i}", 9001 + i, weight)).ToEquatableList(),
    };

    public static PoolConfig WithSlowStart(this PoolConfig config, int seconds) =>
        config with { SlowStart = TimeSpan.FromSeconds(seconds) };

    public static PoolConfig WithoutChecks(this PoolConfig config) => config with { Health = config.Health with { Probe = null } };

    public static PoolConfig WithMinimum(this PoolConfig config, int count, int percent) =>
        config with { MinimumHealthy = new() { Count = count, Percent = percent } };
}
