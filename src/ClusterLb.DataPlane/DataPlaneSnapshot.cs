using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Upstream;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane;

/// <summary>
/// The counters of all loops, summed at one moment. Each figure only grows, but for those called active, idle or waiting, and the bytes of
/// buffers in use.
/// </summary>
public sealed record DataPlaneSnapshot(IReadOnlyList<ListenerSnapshot> Listeners, IReadOnlyList<BackendSnapshot> Backends,
    IReadOnlyList<PoolSnapshot> Pools, long BufferBytes)
{
    internal static DataPlaneSnapshot Of(Worker[] workers, LoopListener[][] listeners)
    {
        // A pool that was configured anew, and the one before it that has work still, are one to people; so it is with backends.
        var pools = workers.SelectMany(worker => worker.Pools.All).GroupBy(pool => pool.Pool.Name);
        var backends = workers.SelectMany(worker => worker.Pools.Backends).GroupBy(one => one.Backend.Id);
        return new DataPlaneSnapshot(
            [.. listeners.Select(loops => ListenerSnapshot.Of(loops))],
            [.. backends.Select(ofOne => BackendSnapshot.Of(ofOne.Last().Backend, [.. ofOne.Select(one => one.Counters).Distinct()]))],
            [.. pools.Select(loops => PoolSnapshot.Of(
                loops.Key,
                [.. loops.Select(pool => pool.Counters).Distinct()],
                loops.Select(pool => pool.Queue).Distinct().Sum(queue => queue.Waiting),
                StickySnapshot.Of([.. loops.Select(pool => pool.Sticky?.Counters).OfType<StickyCounters>().Distinct()])))],
            workers.Sum(worker => worker.Loop.HeadBuffers.BytesInUse + worker.Loop.BodyBuffers.BytesInUse));
    }
}
