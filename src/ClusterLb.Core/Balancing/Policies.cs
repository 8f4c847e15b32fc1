using System.Collections.Frozen;

namespace ClusterLb.Core.Balancing;

/// <summary>The policies that <c>balance</c> may name. Immutable; any thread.</summary>
public sealed class Policies
{
    private readonly FrozenDictionary<string, ILoadBalancingPolicy> _byName;

    private Policies(IEnumerable<ILoadBalancingPolicy> policies)
    {
        _byName = policies.ToFrozenDictionary(policy => policy.Name, StringComparer.Ordinal);
        Names = [.. _byName.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Every policy there is. A new one is a file, a line here, a word in reference.conf, and its test.</summary>
    public static Policies Default { get; } = new(
    [
        new RoundRobinPolicy(),
        new WeightedRoundRobinPolicy(),
        new LeastConnectionsPolicy(),
        new P2cPolicy(),
        new RandomPolicy(),
        new IpHashPolicy(),
        new ConsistentHashPolicy(),
        new LeastTimePolicy(),
    ]);

    /// <summary>The legal values of <c>balance</c>, in alphabetical order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <exception cref="KeyNotFoundException">Not a policy; the configuration reader lets no such name through.</exception>
    public ILoadBalancingPolicy Get(string name) => _byName[name];

    /// <summary>These and one more.</summary>
    /// <exception cref="ArgumentException">One of these has its name.</exception>
    public Policies With(ILoadBalancingPolicy policy) => new(_byName.Values.Append(policy));
}
