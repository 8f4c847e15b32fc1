using System.Collections.Concurrent;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Workers;

/// <summary>
/// All that one event loop works with. Nothing in it is shared with another loop but the routing table, the backends' gauges and the queues
/// of pools that are full.
/// </summary>
internal sealed class Worker
{
    public Worker(
        EventLoop loop, RoutingTableHolder tables, IOutcomeSink outcomes, SessionServices sessions,
        ConcurrentDictionary<Pool, PoolQueue> queues, ulong seed, TimeProvider time)
    {
        var random = new LoopRandom(seed);
        Loop = loop;
        Tables = tables;
        Sessions = new LoopSessions(loop, sessions, random, time);
        Pools = new LoopPools(loop, tables, queues, random, outcomes, () => Listeners!.ShedIdle());
        Listeners = new LoopListeners(loop, Pools.ShedIdle);
    }

    public EventLoop Loop { get; }

    public RoutingTableHolder Tables { get; }

    public LoopSessions Sessions { get; }

    public LoopPools Pools { get; }

    /// <summary>Of this loop.</summary>
    public LoopListeners Listeners { get; }

    /// <summary>Null = off. Used, and replaced, on the loop.</summary>
    public AccessLog? AccessLog { get; set; }

    /// <summary>The node is leaving: no connection is kept open for another request.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Another process serves who comes: connections end one after the other. Null = none does.</summary>
    public Farewell? Farewell { get; set; }

    /// <summary>The response that is being written to this client is its connection's last.</summary>
    public bool IsLastOf(in PeerAddress peer) => IsDraining || Farewell?.IsDue(peer, Loop.Now) == true;
}
