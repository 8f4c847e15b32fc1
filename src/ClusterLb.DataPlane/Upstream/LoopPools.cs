using System.Collections.Concurrent;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>
/// What one event loop owns of each pool, made when a request first goes there and let go of once the pool has left the table and
/// nobody has to do with it any more. Used on its loop.
/// </summary>
/// <param name="tables">Says which pools requests go to.</param>
/// <param name="queues">Of all loops.</param>
/// <param name="outcomes">Is told each failure.</param>
/// <param name="shedIdle">Gives descriptors of idle connections back, of whatever pool.</param>
internal sealed class LoopPools(
    EventLoop loop, RoutingTableHolder tables, ConcurrentDictionary<Pool, PoolQueue> queues, LoopRandom random, IOutcomeSink outcomes,
    Action shedIdle)
{
    // Replaced whole when it changes: telemetry reads it from other threads.
    private volatile LoopPool[] _all = [];

    // Slots are used again: what is found there may be another pool's.
    private LoopPool?[] _bySlot = [];
    private long _requestsOfRetired;

    /// <summary>Of the table in force, and of those before it that have work still; any thread may read.</summary>
    public IReadOnlyList<LoopPool> All => _all;

    /// <summary>What was counted of each backend; one that was configured anew may come twice with the same counters. Any thread.</summary>
    public IEnumerable<(Backend Backend, BackendCounters Counters)> Backends =>
        _all.SelectMany(pool => pool.Pool.Members.Select(backend => (backend, pool.CountersOf(backend))));

    /// <summary>Requests and TCP connections that backends have answered here. Any thread.</summary>
    public long Requests =>
        Interlocked.Read(ref _requestsOfRetired) + Backends.Select(one => one.Counters).Distinct().Sum(counters => counters.Latency.Count);

    public LoopPool Of(Pool pool)
    {
        var pools = _bySlot;
        return pool.Slot < pools.Length && pools[pool.Slot] is { } known && known.Pool == pool ? known : Find(pool);
    }

    /// <summary>The pool that has taken this one's place in the table of now; null = none has.</summary>
    public LoopPool? SuccessorOf(LoopPool replaced) =>
        replaced.Pool.IsReplaced && tables.Current.Find(replaced.Pool.Name) is { } now && now != replaced.Pool ? Of(now) : null;

    /// <summary>
    /// Nobody has anything to do with it any more. What it counted of backends that stay goes on in the pool that took its place.
    /// </summary>
    public void Retire(LoopPool gone)
    {
        if (tables.Current.Find(gone.Pool.Name) is { } successor) Of(successor);
        var staying = _all.Where(pool => pool != gone).ToArray();
        var counted = staying.Where(pool => pool.Pool.Name == gone.Pool.Name)
            .SelectMany(pool => pool.Pool.Members.Select(pool.CountersOf)).ToHashSet();
        var lost = gone.Pool.Members.Select(gone.CountersOf).Where(counters => !counted.Contains(counters));
        Interlocked.Add(ref _requestsOfRetired, lost.Sum(counters => counters.Latency.Count));
        _all = staying;
        if (gone.Pool.Slot < _bySlot.Length && _bySlot[gone.Pool.Slot] == gone) _bySlot[gone.Pool.Slot] = null;
        gone.Idle.End();
        if (gone.Queue.Part(gone)) queues.TryRemove(gone.Pool, out _);
    }

    /// <summary>Gives descriptors of idle connections back.</summary>
    public void ShedIdle()
    {
        foreach (var pool in _all) pool.Idle.Shed();
    }

    private LoopPool Find(Pool pool)
    {
        var found = Array.Find(_all, one => one.Pool == pool) ?? Add(pool);
        if (tables.Current.Find(pool.Name) != pool) return found;
        if (pool.Slot >= _bySlot.Length) Array.Resize(ref _bySlot, pool.Slot + 1);
        _bySlot[pool.Slot] = found;
        return found;
    }

    private LoopPool Add(Pool pool)
    {
        var before = Array.FindLast(_all, one => one.Pool.Name == pool.Name);
        var queue = queues.GetOrAdd(pool, static pool => new PoolQueue(pool.Config.Queue.Length));
        var added = new LoopPool(loop, tables, pool, queue, random, outcomes, shedIdle, before);
        _all = [.. _all, added];
        return added;
    }
}
