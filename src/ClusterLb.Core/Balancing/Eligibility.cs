using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Who may be picked now, and with what weight: an immutable value that a pool replaces whole when any state changes.
/// One volatile read gives a picker a coherent view.
/// </summary>
public sealed class Eligibility
{
    private readonly int[] _weightByIndex;

    /// <param name="members">All members of the pool, by configuration order.</param>
    /// <param name="weightByIndex">Effective weight x 100 by <see cref="Backend.Index"/>; 0 = not eligible. Owned by the new value.</param>
    /// <param name="failOpen">True when health was overruled because too few were healthy.</param>
    public Eligibility(ReadOnlySpan<Backend> members, int[] weightByIndex, bool failOpen)
    {
        _weightByIndex = weightByIndex;
        FailOpen = failOpen;
        var count = 0;
        foreach (var weight in weightByIndex) count += weight > 0 ? 1 : 0;
        Candidates = new Backend[count];
        Weights = new int[count];
        PerWeight = new double[count];
        var (next, lightest, heaviest) = (0, int.MaxValue, 0);
        foreach (var member in members)
        {
            if (weightByIndex[member.Index] <= 0) continue;
            var weight = weightByIndex[member.Index];
            (Candidates[next], Weights[next], PerWeight[next++]) = (member, weight, 1.0 / weight);
            (lightest, heaviest) = (Math.Min(lightest, weight), Math.Max(heaviest, weight));
        }

        (Lightest, Evenness) = count == 0 ? (1, 1) : (lightest, lightest / (double)heaviest);
    }

    /// <summary>The pool has only just begun and its first verdicts are due any moment: who can wait a little waits for them.</summary>
    public bool IsStarting { get; init; }

    public static Eligibility None { get; } = new([], [], failOpen: false);

    /// <summary>The eligible members, by configuration order. Never written after construction.</summary>
    public Backend[] Candidates { get; }

    /// <summary>Effective weight x 100 of each candidate, so that a slow start's 10 % of weight 1 is still a whole number.</summary>
    public int[] Weights { get; }

    /// <summary>1 / <see cref="Weights"/>: a division is dear beside all else that a pick does.</summary>
    internal double[] PerWeight { get; }

    /// <summary>The least weight x 100 of a candidate.</summary>
    public int Lightest { get; }

    /// <summary>The least weight of a candidate over the greatest, above 0 to 1; 1 = all weigh the same.</summary>
    public double Evenness { get; }

    public bool HasEqualWeights => Evenness == 1;

    public bool FailOpen { get; }

    /// <summary>Of the candidates, for people; 0 when there are none.</summary>
    public int LowestTier => Candidates.Length == 0 ? 0 : Candidates.Min(candidate => candidate.Tier);

    /// <summary>Whether any is left that a request has not tried yet.</summary>
    public bool HasOtherThan(in Tried tried)
    {
        foreach (var candidate in Candidates)
        {
            if (!tried.Contains(candidate)) return true;
        }

        return false;
    }

    public bool Contains(Backend backend) => _weightByIndex[backend.Index] > 0;

    /// <summary>Whether these are the weights by index that it was made of.</summary>
    internal bool Has(ReadOnlySpan<int> weightByIndex) => weightByIndex.SequenceEqual(_weightByIndex);

    /// <summary>Effective weight x 100; 0 = not eligible.</summary>
    public int WeightOf(Backend backend) => _weightByIndex[backend.Index];

    /// <summary>(in-flight + 1) / weight, in requests: what policies that go by load compare, for people.</summary>
    /// <param name="backend">Eligible.</param>
    internal double LoadPerWeight(Backend backend) => (backend.Load.Pressure + 1) * 100 / WeightOf(backend);
}
