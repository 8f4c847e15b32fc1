using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// Where a session belongs when nobody says otherwise: weighted rendezvous hashing (Thaler, Ravishankar 1998; Schindelhauer, Schomaker
/// 2005) over the eligible, by their configured weights, so that every node says the same and a backend that goes takes nobody along but
/// its own.
/// </summary>
public static class Rendezvous
{
    private const double ToUnit = 1.0 / (1UL << 53);

    /// <summary>Null when nobody is eligible that was not tried. Two hashes and a logarithm a candidate; allocates nothing.</summary>
    public static Backend? Pick(SessionKey session, Eligibility eligible, in Tried tried)
    {
        Backend? best = null;
        var most = double.NegativeInfinity;
        foreach (var candidate in eligible.Candidates)
        {
            if (tried.Contains(candidate)) continue;
            var score = Score(session.Value, candidate);
            if (score <= most) continue;
            (best, most) = (candidate, score);
        }

        return best;
    }

    /// <summary>
    /// All that are eligible, each after whom <see cref="Pick"/> would take before it. Allocates and sorts: not for the path of a request.
    /// </summary>
    public static IEnumerable<Backend> Rank(SessionKey session, Eligibility eligible) =>
        eligible.Candidates.OrderByDescending(candidate => Score(session.Value, candidate));

    /// <summary>
    /// weight / -ln(u), u uniform in (0, 1) by session and backend. A weight of 0 that is eligible all the same, when failing open, counts
    /// as least.
    /// </summary>
    private static double Score(ulong session, Backend candidate)
    {
        var uniform = ((StableHash.Combine(candidate.Key, session) >> 11) + 0.5) * ToUnit;
        return Math.Max(candidate.Weight, 0.001) / -Math.Log(uniform);
    }
}
