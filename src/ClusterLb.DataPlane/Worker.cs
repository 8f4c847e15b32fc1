using System.Collections.Concurrent;
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

    private readonly ConcurrentDictionary<int, PoolQueue> _queues;
    private readonly LoopRandom _random;
    private readonly IOutcomeSink _outcomes;

    // Replaced whole when it grows: telemetry reads it from other threads.
    private volatile LoopPool?[] _pools = [];
    private long _nextShedding;

    public Worker(EventLoop loop, RoutingTableHolder tables, IOutcomeSink outcomes, SessionServices sessions, ConcurrentDictionary<int, PoolQueue> queues,
        ulong seed, TimeProvider time)
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

    /// <summary>By pool slot; any thread may read.</summary>
    public LoopPool?[] Pools => _pools;

    /// <summary>Requests and TCP connections that backends have answered here. Any thread.</summary>
    public long Requests => _pools.OfType<LoopPool>().Sum(pool => pool.Pool.Members.Sum(backend => pool.CountersOf(backend).Latency.Count));

    public LoopPool PoolOf(Pool pool)
    {
        var pools = _pools;
        return pool.Slot < pools.Length && pools[pool.Slot] is { } known ? known : Add(pool);
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
        foreach (var pool in _pools) pool?.Idle.Shed();
    }

    private LoopPool Add(Pool pool)
    {
        var added = new LoopPool(Loop, pool, _queues.GetOrAdd(pool.Slot, _ => new PoolQueue(pool.Config.Queue.Length)), _random, _outcomes, ShedIdle);
        var pools = new LoopPool?[Math.Max(_pools.Length, pool.Slot + 1)];
        _pools.CopyTo(pools, 0);
        pools[pool.Slot] = added;
        _pools = pools;
        return added;
    }
}
