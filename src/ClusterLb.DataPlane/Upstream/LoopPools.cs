using System.Collections.Concurrent;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>What one event loop owns of each pool, made when a request first goes there. Used on its loop.</summary>
/// <param name="loop">The owner.</param>
/// <param name="queues">Of all loops, by pool slot.</param>
/// <param name="random">The loop's.</param>
/// <param name="outcomes">Is told each failure.</param>
/// <param name="shedIdle">Gives descriptors of idle connections back, of whatever pool.</param>
internal sealed class LoopPools(EventLoop loop, ConcurrentDictionary<int, PoolQueue> queues, LoopRandom random, IOutcomeSink outcomes,
    Action shedIdle)
{
    // Replaced whole when it grows: telemetry reads it from other threads.
    private volatile LoopPool?[] _bySlot = [];

    /// <summary>By pool slot; any thread may read.</summary>
    public LoopPool?[] BySlot => _bySlot;

    /// <summary>Requests and TCP connections that backends have answered here. Any thread.</summary>
    public long Requests => _bySlot.OfType<LoopPool>()
        .Sum(pool => pool.Pool.Members.Sum(backend => pool.CountersOf(backend).Latency.Count));

    public LoopPool Of(Pool pool)
    {
        var pools = _bySlot;
        return pool.Slot < pools.Length && pools[pool.Slot] is { } known ? known : Add(pool);
    }

    /// <summary>Gives descriptors of idle connections back.</summary>
    public void ShedIdle()
    {
        foreach (var pool in _bySlot) pool?.Idle.Shed();
    }

    private LoopPool Add(Pool pool)
    {
        var added = new LoopPool(loop, pool, queues.GetOrAdd(pool.Slot, _ => new PoolQueue(pool.Config.Queue.Length)), random, outcomes,
            shedIdle);
        var pools = new LoopPool?[Math.Max(_bySlot.Length, pool.Slot + 1)];
        _bySlot.CopyTo(pools, 0);
        pools[pool.Slot] = added;
        _bySlot = pools;
        return added;
    }
}
