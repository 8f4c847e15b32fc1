using System.Collections.Frozen;

namespace ClusterLb.Core.Balancing;

/// <summary>Every policy there is. A new one is a file, a line here, and its tests.</summary>
public static class Policies
{
    private static readonly FrozenDictionary<string, ILoadBalancingPolicy> s_byName = new ILoadBalancingPolicy[]
    {
        new RoundRobinPolicy(),
        new WeightedRoundRobinPolicy(),
        new LeastConnectionsPolicy(),
        new P2cPolicy(),
        new RandomPolicy(),
        new IpHashPolicy(),
        new ConsistentHashPolicy(),
        new LeastTimePolicy(),
    }.ToFrozenDictionary(policy => policy.Name, StringComparer.Ordinal);

    /// <summary>The legal values of <c>balance</c>, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_byName.Keys.Order(StringComparer.Ordinal)];

    /// <exception cref="KeyNotFoundException">Not a policy; the configuration reader lets no such name through.</exception>
    public static ILoadBalancingPolicy Get(string name) => s_byName[name];

    public static bool Exists(string name) => s_byName.ContainsKey(name);
}
