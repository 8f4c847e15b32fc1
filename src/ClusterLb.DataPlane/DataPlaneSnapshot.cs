using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane;

/// <summary>
/// The counters of all loops, summed at one moment. Each figure only grows, but for those called active, idle or waiting, and the bytes of
/// buffers in use.
/// </summary>
public sealed record DataPlaneSnapshot(IReadOnlyList<ListenerSnapshot> Listeners, IReadOnlyList<BackendSnapshot> Backends,
    IReadOnlyList<PoolSnapshot> Pools, IReadOnlyList<LoopSnapshot> Loops, long BufferBytes)
{
    internal static DataPlaneSnapshot Of(Worker[] workers, IEnumerable<NodeListener> listeners, EventLoop[] loops)
    {
        // A pool that was configured anew, and the one before it that has work still, are one to people; so it is with backends.
        var pools = workers.SelectMany(worker => worker.Pools.All).GroupBy(pool => pool.Pool.Name);
        var backends = workers.SelectMany(worker => worker.Pools.Backends).GroupBy(one => one.Backend.Id);
        return new DataPlaneSnapshot(
            [.. listeners.Select(listener => ListenerSnapshot.Of(listener.Parts))],
            [.. backends.Select(ofOne => BackendSnapshot.Of(ofOne.Last().Backend, [.. ofOne.Select(one => one.Counters).Distinct()]))],
            [.. pools.Select(one => PoolSnapshot.Of(
                one.Key,
                [.. one.Select(pool => pool.Counters).Distinct()],
                one.Select(pool => pool.Queue).Distinct().Sum(queue => queue.Waiting),
                StickySnapshot.Of([.. one.Select(pool => pool.Sticky?.Counters).OfType<StickyCounters>().Distinct()])))],
            [.. loops.Select(loop => new LoopSnapshot(loop.Name, loop.Busy))],
            workers.Sum(worker => worker.Loop.HeadBuffers.BytesInUse + worker.Loop.BodyBuffers.BytesInUse));
    }
}
