using System.ComponentModel;
using ClusterLb.ControlPlane.Discovery;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;

namespace ClusterLb.Node.Admin;

/// <summary>Where backends of a pool are found, and how that is.</summary>
internal sealed record SourceReport(
    [Description("As discover has it, such as dns:app.internal:8080.")] string Source,
    [Description("Backends that the pool has by it.")] int Backends,
    [Description("Of those: more than half of the pool was gone at once, and these stay 30 s.")] int HeldBack,
    [Description("Backends beyond max, which the pool does not have.")] int LeftOut,
    [Description("Why the last answer named nobody; empty = it did.")] string Problem,
    [Description("The node that answers goes by what another one has found, and does not ask itself.")] bool AskedByAnother)
{
    public static IReadOnlyList<SourceReport> Of(PoolConfig pool, BackendDiscovery discovery) =>
    [
        .. pool.Sources.Select(source => new SourceKey(pool.Name, source.Discover))
            .Select(key => Of(key, discovery.Find(key) ?? FoundSet.NotAsked, discovery.IsTold(key))),
    ];

    private static SourceReport Of(SourceKey key, FoundSet set, bool isTold) =>
        new(key.Source, set.Backends.Count, set.Held?.Missing ?? 0, set.LeftOut, set.Problem, isTold);
}
