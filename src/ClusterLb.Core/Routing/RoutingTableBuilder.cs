using System.Collections.Frozen;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Routing;

/// <summary>Makes the routing table of a configuration, keeping what is alive in the previous one.</summary>
public static class RoutingTableBuilder
{
    /// <summary>
    /// A pool whose configuration is unchanged stays the same object; a changed one inherits what is known of backends that stay.
    /// Publish the answer: pools of <paramref name="previous"/> that were replaced take no more writes.
    /// </summary>
    /// <param name="config">Valid.</param>
    /// <param name="previous">The table in force; <see cref="RoutingTable.Empty"/> at the start.</param>
    /// <param name="policyNamed">The policy of a legal <c>balance</c>.</param>
    /// <param name="events">Of pools that are new or changed.</param>
    /// <param name="version">Above that of <paramref name="previous"/>.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public static RoutingTable Build(
        ClusterLbConfig config,
        RoutingTable previous,
        Func<string, ILoadBalancingPolicy> policyNamed,
        IPoolEvents events,
        long version,
        long nowMilliseconds)
    {
        var nextSlot = previous.NextSlot;
        var pools = new List<Pool>(config.Pools.Count);
        foreach (var wanted in config.Pools)
        {
            var old = previous.Find(wanted.Name);
            pools.Add(old is not null && old.Config == wanted
                ? old
                : new Pool(wanted, nextSlot++, policyNamed(wanted.Balance), events, nowMilliseconds, old));
        }

        var byName = pools.ToDictionary(pool => pool.Name);
        var listeners = config.Listeners.ToFrozenDictionary(listener => listener.Name, listener => new ListenerRoutes(listener, name => byName[name]));
        return new RoutingTable(version, pools, listeners, nextSlot);
    }
}
