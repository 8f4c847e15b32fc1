using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// Where a session belongs when nobody says otherwise: rendezvous hashing (<see cref="RendezvousScore"/>) over the eligible by their
/// weights, so that nodes that agree on these say the same, and a backend that goes takes nobody along but its own.
/// </summary>
public static class Rendezvous
{
    /// <summary>Null when nobody is eligible that was not tried. Two hashes and a logarithm a candidate; allocates nothing.</summary>
    public static Backend? Pick(SessionKey session, Eligibility eligible, in Tried tried)
    {
        Backend? best = null;
        var most = double.NegativeInfinity;
        foreach (var candidate in eligible.Candidates)
        {
            if (tried.Contains(candidate)) continue;
            var score = Score(session, candidate, eligible);
            if (score <= most) continue;
            (best, most) = (candidate, score);
        }

        return best;
    }

    /// <summary>
    /// All that are eligible, each after whom <see cref="Pick"/> would take before it. Allocates and sorts: not for the path of a request.
    /// </summary>
    public static IEnumerable<Backend> Rank(SessionKey session, Eligibility eligible) =>
        eligible.Candidates.OrderByDescending(candidate => Score(session, candidate, eligible));

    private static double Score(SessionKey session, Backend candidate, Eligibility eligible) =>
        RendezvousScore.Of(StableHash.Combine(candidate.Key, session.Value), eligible.WeightOf(candidate));
}
