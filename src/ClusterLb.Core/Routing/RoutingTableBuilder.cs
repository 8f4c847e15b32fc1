using System.Collections.Frozen;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Routing;

/// <summary>
/// Builds tables one after the other. A pool whose configuration is unchanged stays the same object; a changed one inherits what is known
/// of the backends that stay, and the one it replaces takes no more writes, so publish every table. Not thread-safe: one writer.
/// </summary>
/// <param name="events">Hears of the transitions of all pools built here.</param>
/// <param name="policies">That <c>balance</c> may name.</param>
public sealed class RoutingTableBuilder(IPoolEvents events, Policies policies)
{
    private RoutingTable _last = RoutingTable.Empty;

    // Only grows: a request may still hold a pool of an older table, and with it its slot.
    private int _nextSlot;

    public RoutingTableBuilder(IPoolEvents events) : this(events, Policies.Default)
    {
    }

    /// <param name="config">Valid.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public RoutingTable Build(ClusterLbConfig config, long nowMilliseconds)
    {
        var pools = config.Pools.Select(pool => PoolOf(pool, nowMilliseconds)).ToList();
        var byName = pools.ToFrozenDictionary(pool => pool.Name);
        var listeners = config.Listeners.ToFrozenDictionary(listener => listener.Name, listener => new ListenerRoutes(listener, byName));
        return _last = new RoutingTable(_last.Version + 1, pools, listeners);
    }

    private Pool PoolOf(PoolConfig config, long nowMilliseconds)
    {
        var live = _last.Find(config.Name);
        return live is not null && live.Config == config
            ? live
            : new Pool(config, _nextSlot++, policies.Get(config.Balance), events, nowMilliseconds, live);
    }
}
