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
        var pools = workers.SelectMany(worker => worker.Pools.BySlot).OfType<LoopPool>().GroupBy(pool => pool.Pool.Slot)
            .Select(group => group.ToList()).ToList();
        return new DataPlaneSnapshot(
            [.. listeners.Select(loops => ListenerSnapshot.Of(loops))],
            [.. pools.SelectMany(loops => loops[0].Pool.Members.Select(
                backend => BackendSnapshot.Of(backend, [.. loops.Select(pool => pool.CountersOf(backend))])))],
            [.. pools.Select(loops => PoolSnapshot.Of(loops[0].Pool.Name, [.. loops.Select(pool => pool.Counters)], loops[0].WaitingOnNode,
                StickySnapshot.Of([.. loops.Select(pool => pool.Sticky?.Counters)])))],
            workers.Sum(worker => worker.Loop.HeadBuffers.BytesInUse + worker.Loop.BodyBuffers.BytesInUse));
    }
}
