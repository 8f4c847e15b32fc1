using System.Collections.Concurrent;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Http.Wire;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane;

/// <summary>
/// All that one event loop works with. Nothing in it is shared with another loop but the routing table and the backends' gauges.
/// </summary>
internal sealed class Worker
{
    private const int EvictionsPerShedding = 4;
    private const long SheddingMilliseconds = 100;

    private readonly ConcurrentDictionary<Pool, PoolQueue> _queues;
    private readonly LoopRandom _random;
    private readonly IOutcomeSink _outcomes;

    // Replaced whole when one comes or goes: telemetry reads it from other threads.
    private volatile LoopPool[] _pools = [];

    // By slot, those of the table in force. Slots are used again, so what is found there may be of another pool.
    private LoopPool?[] _bySlot = [];
    private long _requestsOfRetired;
    private long _nextShedding;

    public Worker(
        EventLoop loop, RoutingTableHolder tables, IOutcomeSink outcomes, SessionServices sessions,
        ConcurrentDictionary<Pool, PoolQueue> queues, ulong seed, TimeProvider time)
    {
        Loop = loop;
        Tables = tables;
        _outcomes = outcomes;
        _queues = queues;
        _random = new LoopRandom(seed);
        Sessions = new LoopSessions(loop, sessions, _random, time);
        Date = new DateLine(time);
    }

    public EventLoop Loop { get; }

    public RoutingTableHolder Tables { get; }

    public LoopSessions Sessions { get; }

    public DateLine Date { get; }

    /// <summary>Null = off.</summary>
    public AccessLog? AccessLog { get; init; }

    /// <summary>Random bytes of this process, the same on all its loops.</summary>
    public required byte[] Instance { get; init; }

    /// <summary>The node is leaving: no connection is kept open for another request.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Of the table in force, and of those before it that have work still; any thread may read.</summary>
    public IReadOnlyList<LoopPool> Pools => _pools;

    /// <summary>What was counted of each backend; one that was configured anew may come twice with the same counters. Any thread.</summary>
    public IEnumerable<(Backend Backend, BackendCounters Counters)> Backends =>
        _pools.SelectMany(pool => pool.Pool.Members.Select(backend => (backend, pool.CountersOf(backend))));

    /// <summary>Requests and TCP connections that backends have answered here. Any thread.</summary>
    public long Requests =>
        Interlocked.Read(ref _requestsOfRetired) + Backends.Select(one => one.Counters).Distinct().Sum(counters => counters.Latency.Count);

    public LoopPool PoolOf(Pool pool)
    {
        var pools = _bySlot;
        return pool.Slot < pools.Length && pools[pool.Slot] is { } known && known.Pool == pool ? known : Find(pool);
    }

    /// <summary>
    /// Nobody has anything to do with it any more. What it counted of backends that stay goes on in the pool that took its place.
    /// </summary>
    public void Retire(LoopPool gone)
    {
        if (Tables.Current.Find(gone.Pool.Name) is { } successor) PoolOf(successor);
        var staying = _pools.Where(pool => pool != gone).ToArray();
        var counted = staying.SelectMany(pool => pool.Pool.Members.Select(pool.CountersOf)).ToHashSet();
        var lost = gone.Pool.Members.Select(gone.CountersOf).Where(counters => !counted.Contains(counters));
        Interlocked.Add(ref _requestsOfRetired, lost.Sum(counters => counters.Latency.Count));
        _pools = staying;
        if (gone.Pool.Slot < _bySlot.Length && _bySlot[gone.Pool.Slot] == gone) _bySlot[gone.Pool.Slot] = null;
        gone.Idle.End();
        if (gone.Queue.Part(gone)) _queues.TryRemove(gone.Pool, out _);
    }

    /// <summary>Of this loop.</summary>
    public List<LoopListener> Listeners { get; } = [];

    /// <summary>
    /// Gives descriptors back: a connection to a backend that idles is worth less than a client that waits, and so is a client that idles.
    /// </summary>
    public void ShedIdle()
    {
        ShedUpstream();
        for (var left = EvictionsPerShedding; left > 0 && Loop.DescriptorPressure == Pressure.Full && Evict(Pressure.Full) == Eviction.Evicted;) left--;
    }

    /// <summary>
    /// What is left of it for clients to yield to: every 100 ms connections to backends that idle give their descriptors back first.
    /// </summary>
    public Pressure DescriptorPressure()
    {
        var pressure = Loop.DescriptorPressure;
        if (pressure == Pressure.None || Loop.Now < _nextShedding) return pressure;
        _nextShedding = Loop.Now + SheddingMilliseconds;
        ShedUpstream();
        return Loop.DescriptorPressure;
    }

    /// <summary>Lets the client go that may go first: of the listener that has the fullest address, else of any.</summary>
    public Eviction Evict(Pressure pressure)
    {
        LoopListener? fullest = null;
        foreach (var listener in Listeners)
        {
            if (fullest is null || listener.MostOfOneAddress > fullest.MostOfOneAddress) fullest = listener;
        }

        var done = fullest?.Evict(pressure) ?? Eviction.None;
        foreach (var listener in Listeners)
        {
            if (done != Eviction.None) break;
            if (listener != fullest) done = listener.Evict(pressure);
        }

        return done;
    }

    private void ShedUpstream()
    {
        foreach (var pool in _pools) pool.Idle.Shed();
    }

    private LoopPool Find(Pool pool)
    {
        var found = Array.Find(_pools, one => one.Pool == pool) ?? Add(pool);
        if (Tables.Current.Find(pool.Name) != pool) return found;
        if (pool.Slot >= _bySlot.Length) Array.Resize(ref _bySlot, pool.Slot + 1);
        _bySlot[pool.Slot] = found;
        return found;
    }

    private LoopPool Add(Pool pool)
    {
        var before = Array.FindLast(_pools, one => one.Pool.Name == pool.Name);
        var queue = _queues.GetOrAdd(pool, static pool => new PoolQueue(pool.Config.Queue.Length));
        var added = new LoopPool(Loop, pool, queue, _random, _outcomes, ShedIdle, before);
        _pools = [.. _pools, added];
        return added;
    }
}
