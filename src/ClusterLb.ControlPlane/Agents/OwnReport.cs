using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Reload;
using ClusterLb.Core.Routing;

namespace ClusterLb.ControlPlane.Agents;

/// <summary>This node as it says of itself that it is. Any thread.</summary>
/// <param name="node">The process.</param>
/// <param name="health">By which verdicts it goes, and what it cannot reach.</param>
/// <param name="admin">By which intents it goes.</param>
/// <param name="keysDigest">Of the keys that it shares with others.</param>
/// <param name="tables">Where backends are.</param>
/// <param name="former">What it has in flight is this node's.</param>
/// <param name="epoch">At which reload of the cluster it is.</param>
internal sealed class OwnReport(
    ILocalNode node, string name, HealthMemory health, AdminMemory admin, Func<ulong?> keysDigest, RoutingTableHolder tables,
    FormerProcess former, Func<ReloadEpoch> epoch)
{
    public NodeReport Read()
    {
        var snapshot = health.LastSnapshot;
        var backends = tables.Current.Pools.SelectMany(pool => pool.Members);
        return new NodeReport(
            name,
            node.Read() with { Epoch = epoch() },
            snapshot.Term,
            snapshot.Sequence,
            health.IsStale,
            backends.Select(backend => new Gauge(backend.Id, backend.Load.InFlight + former.InFlightOn(backend.Id)))
                .Where(gauge => gauge.InFlight > 0).ToEquatableList(),
            health.Unreachable.Select(one => new Exclusion(one.Key, one.Value)).ToEquatableList(),
            admin.Drains.Values.ToEquatableList())
        {
            AdminDigest = admin.Digest,
            ModesDigest = admin.ModesDigest,
            KeysDigest = keysDigest(),
            Elsewhere = health.Servers.Others.Select(one => new Whereabouts(one.Key, one.Value.Address, one.Value.OfMonitor))
                .ToEquatableList(),
        };
    }
}
