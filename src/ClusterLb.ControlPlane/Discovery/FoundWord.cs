using System.Collections.Immutable;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;

namespace ClusterLb.ControlPlane.Discovery;

/// <summary>What the node that asks for the cluster has found: the higher (term, sequence) is the newer.</summary>
/// <param name="Term">Grows with every node that takes that over.</param>
/// <param name="Sequence">Grows with every change in a term.</param>
/// <param name="Sets">Who is in a pool by a source; a source without a good answer yet is left out.</param>
public sealed record FoundWord(long Term, long Sequence, ImmutableDictionary<SourceKey, EquatableList<FoundBackend>> Sets)
{
    // The low bits of a term tell nodes apart that took over on two sides of a partition.
    private const int MarkBits = 16;

    public static FoundWord None { get; } = new(0, 0, ImmutableDictionary<SourceKey, EquatableList<FoundBackend>>.Empty);

    public (long Term, long Sequence) Version => (Term, Sequence);

    /// <summary>Above what this one has.</summary>
    /// <param name="mark">Differs from node to node.</param>
    public static long TermAfter(long term, ushort mark) => (((term >> MarkBits) + 1) << MarkBits) | mark;

    /// <summary>Of two words, by version; negative = the first is older.</summary>
    public static int Compare((long Term, long Sequence) one, (long Term, long Sequence) other) => one.CompareTo(other);
}
