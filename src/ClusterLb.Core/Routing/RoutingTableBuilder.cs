using System.Collections.Frozen;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Routing;

/// <summary>Builds tables one after the other, each keeping the live pools of the last one whose configuration did not change. Not thread-safe: one writer.</summary>
public sealed class RoutingTableBuilder(IPoolEvents events)
{
    private RoutingTable _last = RoutingTable.Empty;
    private int _nextSlot;

    public RoutingTable Build(ClusterLbConfig config, long nowMilliseconds)
    {
        var known = _last.Pools.ToDictionary(pool => pool.Name);
        var pools = config.Pools.Select(pool => known.TryGetValue(pool.Name, out var live) && live.Config == pool ? live : Create(pool, nowMilliseconds)).ToList();
        var byName = pools.ToFrozenDictionary(pool => pool.Name);
        var listeners = config.Listeners.ToFrozenDictionary(listener => listener.Name, listener => new ListenerRoutes(listener, byName));
        return _last = new RoutingTable(_last.Version + 1, pools, listeners);
    }

    private Pool Create(PoolConfig config, long nowMilliseconds) => new(config, _nextSlot++, Policies.Get(config.Balance), events, nowMilliseconds);
}
