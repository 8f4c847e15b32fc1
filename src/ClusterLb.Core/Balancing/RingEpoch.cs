using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// What of a configuration decides where a key belongs, in one number: nodes with the same epoch that know of the same operators' weights
/// (which are agreed on like drains) send every key to the same backend. Of names and configured weights, in whatever order they stand in
/// the file, and of the way the table is made of them; addresses do not count.
/// </summary>
public static class RingEpoch
{
    /// <summary>Of one pool.</summary>
    public static ulong Of(PoolConfig pool)
    {
        var epoch = StableHash.Of(FormattableString.Invariant(
            $"{pool.Name} {pool.Balance} {pool.Hash.Algorithm} {pool.Hash.VirtualNodes}"));
        foreach (var backend in pool.Backends.OrderBy(backend => backend.Name, StringComparer.Ordinal))
            epoch = StableHash.Combine(epoch, StableHash.Of(FormattableString.Invariant($"{backend.Name} {backend.Weight}")));
        return epoch;
    }

    /// <summary>Of all pools of a node together.</summary>
    public static ulong Of(IEnumerable<PoolConfig> pools) =>
        pools.OrderBy(pool => pool.Name, StringComparer.Ordinal).Aggregate(0UL, (epoch, pool) => StableHash.Combine(epoch, Of(pool)));
}
