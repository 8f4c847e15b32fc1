using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>All scenarios, in the order in which they are run. To add one: a class in this folder and a line here.</summary>
internal static class Catalog
{
    public static IReadOnlyList<IScenario> All { get; } =
    [
        new BackendSigkill(), new BackendSigstop(), new BackendSlow(), new BackendResets(), new BackendReturns(), new BackendsAllDown(),
        new NodeSigkillMonitor(), new NodeSigkillOther(), new NodeSigkillTwo(), new NodeSigstop(3), new NodeSigstop(20),
        new RollingRestart(),
        new RedisSigkill(), new RedisSigstop(), new RedisFlushall(), new RedisFull(), new RedisRestartEmpty(),
        new AcceptStorm(), new Slowloris(), new DescriptorsExhausted(), new Reloads(), new BadFile(), new DnsRecords(),
        new PartitionWhole(), new PartitionOneWay(), new PartitionFlapping(), new MonitorCutOff(),
    ];
}
