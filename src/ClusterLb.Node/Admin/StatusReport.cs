using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane;

namespace ClusterLb.Node.Admin;

/// <summary>What <c>/api/v1/status</c> answers and the live table shows: one node as it is now.</summary>
internal sealed record StatusReport(string Node, string State, double UptimeSeconds, long TableVersion, ControlPlaneReport ControlPlane, IReadOnlyList<ListenerReport> Listeners, IReadOnlyList<PoolReport> Pools)
{
    public static StatusReport Of(ClusterLbConfig config, NodeState node, DataPlaneHost dataPlane, RoutingTableHolder tables, ControlPlaneReport controlPlane, TimeProvider time)
    {
        var reading = dataPlane.Read();
        var now = (long)(time.GetTimestamp() * 1000.0 / time.TimestampFrequency);
        var requests = reading.Backends.ToDictionary(backend => backend.Backend.Id, backend => backend.LatencyCounts.Sum());
        var table = tables.Current;
        return new StatusReport(
            config.Node.Name,
            node.Phase.ToString().ToLowerInvariant(),
            Math.Round(node.Uptime.TotalSeconds, 1),
            table.Version,
            controlPlane,
            [.. config.Listeners.Zip(reading.Listeners, (listener, counts) => new ListenerReport(
                listener.Name, dataPlane.EndPoints[listener.Name].ToString(), listener.Protocol.ToString().ToLowerInvariant(), counts.Active, counts.Accepted))],
            [.. table.Pools.Select(pool => new PoolReport(
                pool.Name, pool.Config.Balance, pool.FailOpen, [.. pool.Members.Select(backend => BackendReport.Of(pool.Read(backend), requests.GetValueOrDefault(backend.Id), now))]))]);
    }
}

/// <param name="Running">False while it starts, restarts or is dead: the data plane then serves from its last table.</param>
/// <param name="Restarts">Since the node started.</param>
internal sealed record ControlPlaneReport(bool Running, int Restarts);

internal sealed record ListenerReport(string Name, string Address, string Protocol, long ActiveConnections, long AcceptedConnections);

internal sealed record PoolReport(string Name, string Balance, bool FailsOpen, IReadOnlyList<BackendReport> Backends);

internal sealed record BackendReport(
    string Name, string Address, string State, string Admin, string Health, string Reason, double SinceSeconds, int InFlight, double Weight, long Requests)
{
    public static BackendReport Of(MemberSnapshot member, long requests, long nowMilliseconds) => new(
        member.Backend.Name,
        member.Backend.EndPoint.ToString(),
        Lower(member.Effective),
        Lower(member.Admin),
        Lower(member.Active),
        member.Reason,
        Math.Round((nowMilliseconds - member.SinceMilliseconds) / 1000.0, 1),
        member.Backend.Load.InFlight,
        member.Weight / 100.0,
        requests);

    private static string Lower<T>(T state) where T : struct, Enum => state.ToString().ToLowerInvariant();
}
