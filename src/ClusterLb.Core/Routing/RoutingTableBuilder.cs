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

    public RoutingTableBuilder(IPoolEvents events) : this(events, Policies.Default)
    {
    }

    /// <param name="config">Valid.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public RoutingTable Build(ClusterLbConfig config, long nowMilliseconds)
    {
        // Not those of the last table either: requests may have just begun with it.
        var taken = _last.Pools.Select(pool => pool.Slot).ToHashSet();
        var pools = config.Pools.Select(pool => PoolOf(pool, taken, nowMilliseconds)).ToList();
        var byName = pools.ToFrozenDictionary(pool => pool.Name);
        var listeners = config.Listeners.ToFrozenDictionary(listener => listener.Name, listener => new ListenerRoutes(listener, byName));
        return _last = new RoutingTable(_last.Version + 1, pools, listeners);
    }

    private Pool PoolOf(PoolConfig config, HashSet<int> taken, long nowMilliseconds)
    {
        var live = _last.Find(config.Name);
        if (live is not null && live.Config == config) return live;
        var slot = Enumerable.Range(0, int.MaxValue).First(taken.Add);
        return new Pool(config, slot, policies.Get(config.Balance), events, nowMilliseconds, live);
    }
}
