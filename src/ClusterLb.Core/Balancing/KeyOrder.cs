using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// An order of backends for every key without a table (<see cref="RendezvousScore"/>), for when few are left. By name, so that it is the
/// same on every node.
/// </summary>
internal sealed class KeyOrder(IReadOnlyList<Backend> members)
{
    private readonly ulong[] _names = [.. members.Select(member => StableHash.Of(member.Name))];

    /// <summary>The greater, the earlier.</summary>
    /// <param name="weight">Of the candidate, above 0.</param>
    public double ScoreOf(ulong key, Backend candidate, int weight) =>
        RendezvousScore.Of(StableHash.Combine(_names[candidate.Index], key), weight);
}
