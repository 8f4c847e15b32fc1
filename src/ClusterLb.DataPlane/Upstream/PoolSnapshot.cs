using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>The counters of one pool, of all loops.</summary>
public sealed record PoolSnapshot(
    string Name, long Waiting, long Queued, long QueueTimeouts, long QueueRejections, long NoBackend, long RetryBudgetExhausted,
    HistogramSnapshot Waits, StickySnapshot? Sticky)
{
    internal static PoolSnapshot Of(string name, PoolCounters[] loops, int waiting, StickySnapshot? sticky) => new(
        name,
        waiting,
        loops.Sum(loop => Volatile.Read(ref loop.Queued)),
        loops.Sum(loop => Volatile.Read(ref loop.QueueTimeouts)),
        loops.Sum(loop => Volatile.Read(ref loop.QueueRejections)),
        loops.Sum(loop => Volatile.Read(ref loop.NoBackend)),
        loops.Sum(loop => Volatile.Read(ref loop.RetryBudgetExhausted)),
        HistogramSnapshot.Of(loops.Select(loop => loop.Waits)),
        sticky);
}
