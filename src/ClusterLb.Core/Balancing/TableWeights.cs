using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Balancing;

/// <summary>The weights that a hash table is built for: pure, of what every node knows, so that all nodes come to the same table.</summary>
internal static class TableWeights
{
    // Of the slots, one in so many: with fewer open most walks would find none in time.
    private const int LeastOpen = 16;

    /// <summary>
    /// Of each member the greater of its configured weight and the one that operators want: whoever weighs less, or nothing, closes slots
    /// of its own, and keys of no others move. When that would close nearly all, as after all weights of a pool are set anew in smaller
    /// numbers, the ones that operators want.
    /// </summary>
    /// <param name="wanted">By <see cref="Backend.Index"/>: an operator's or the configured one, 0 to 256.</param>
    /// <returns>By <see cref="Backend.Index"/>.</returns>
    public static int[] Of(IReadOnlyList<Backend> members, ReadOnlySpan<int> wanted)
    {
        var weights = new int[members.Count];
        var (open, all) = (0L, 0L);
        foreach (var member in members)
        {
            var weight = weights[member.Index] = Math.Max(member.Weight, wanted[member.Index]);
            // Whoever is to have no keys is passed over like one that drains, and comes back like it.
            if (wanted[member.Index] > 0) (open, all) = (open + wanted[member.Index], all + weight);
        }

        return open * LeastOpen < all ? wanted.ToArray() : weights;
    }
}
