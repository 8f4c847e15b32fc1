using ClusterLb.ControlPlane.Commands;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.Node.Telemetry;

/// <summary>What one scrape tells of both planes, read at one moment.</summary>
/// <param name="DataPlane">Sums over all loops.</param>
/// <param name="Cluster">As this node sees it.</param>
/// <param name="Table">In force.</param>
/// <param name="Members">Of all its pools, in the order of the configuration.</param>
/// <param name="Probes">Of this node, by backend id.</param>
internal sealed record NodeReading(
    DataPlaneSnapshot DataPlane, ClusterView Cluster, RoutingTable Table, IReadOnlyList<(Pool Pool, MemberSnapshot Member)> Members,
    IReadOnlyDictionary<string, (long Passed, long Failed)> Probes)
{
    public static (Pool Pool, MemberSnapshot Member)[] MembersOf(RoutingTable table) =>
        [.. table.Pools.SelectMany(pool => pool.Members.Select(backend => (pool, pool.Read(backend))))];

    public IEnumerable<Sample> OfBackends(Func<BackendSnapshot, long> figure) =>
        DataPlane.Backends.Select(backend => new Sample(figure(backend), LabelsOf(backend)));

    public IEnumerable<Sample> OfPools(Func<PoolSnapshot, long> figure) =>
        DataPlane.Pools.Select(pool => new Sample(figure(pool), new Label("pool", pool.Name)));

    public IEnumerable<Sample> OfMembers(Func<Pool, MemberSnapshot, double> figure) =>
        Members.Select(one => new Sample(figure(one.Pool, one.Member), LabelsOf(one.Member)));

    /// <summary>Of pools whose clients stay with their backends.</summary>
    public IEnumerable<Sample> OfStickyMembers(Func<MemberSnapshot, long> figure) =>
        Members.Where(one => one.Pool.Config.Sticky.By != StickyBy.None)
            .Select(one => new Sample(figure(one.Member), LabelsOf(one.Member)));

    public static Label[] LabelsOf(BackendSnapshot backend) => LabelsOf(backend.Backend.Pool, backend.Backend.Name);

    public static Label[] LabelsOf(MemberSnapshot member) => LabelsOf(member.Backend.Pool, member.Backend.Name);

    public static Label[] LabelsOf(string pool, string backend) => [new("pool", pool), new("backend", backend)];
}
