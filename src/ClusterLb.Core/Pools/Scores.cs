using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Pools;

/// <summary>What policies compare, in numbers for people. Says what the pickers say, which a test holds it to.</summary>
internal static class Scores
{
    /// <returns>A backend's score; null when the policy compares nothing, or the backend is not eligible.</returns>
    public static Func<Backend, double?> Of(PoolConfig pool, Eligibility eligible, long nowMilliseconds) => pool.Balance switch
    {
        "least-connections" or "p2c" => backend => PerWeight(backend, eligible, 1),
        "least-time" => backend => PerWeight(backend, eligible, TimeOf(backend, eligible, nowMilliseconds)),
        _ => static _ => null,
    };

    private static double? PerWeight(Backend backend, Eligibility eligible, double factor) => eligible.Contains(backend)
        ? Math.Round(factor * (backend.Load.Pressure + 1) * 100 / eligible.WeightOf(backend), 3)
        : null;

    /// <summary>In microseconds. One never observed is taken to be as fast as the fastest.</summary>
    private static double TimeOf(Backend backend, Eligibility eligible, long nowMilliseconds)
    {
        var own = PeakEwma.Current(backend.Load, nowMilliseconds);
        if (own > 0) return own;
        return eligible.Candidates.Select(other => PeakEwma.Current(other.Load, nowMilliseconds)).Where(time => time > 0).DefaultIfEmpty(1).Min();
    }
}
