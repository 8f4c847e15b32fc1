using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Tests.Pools;

/// <summary>Members without a pool, for rules that look at them alone.</summary>
internal static class PoolMembers
{
    public static PoolMember One()
    {
        var config = PoolConfigs.Backend("a", 9001);
        var backend = new Backend("app", config.Name, config.EndPoint, 0, config.Weight, config.MaxInFlight);
        return new PoolMember(backend, config, PoolConfigs.Passive, nowMilliseconds: 0);
    }
}
