using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Draws candidates at random, each as often as its weight: a random point among the sums of the weights, found with a look into a guide
/// table and a step or two on the average, however many they are (Chen, Asau 1974). Owned by one event loop.
/// </summary>
internal sealed class WeightedDraw(LoopRandom random)
{
    private Eligibility _seen = Eligibility.None;

    // The weight of each candidate and of all before it.
    private int[] _sums = [];

    // The first candidate that has a point in each of as many equal parts as there are candidates.
    private int[] _guide = [];
    private double _partsPerWeight;

    /// <summary>Called before draws; looks at all candidates when they are others than the last time. At least one.</summary>
    public void Follow(Eligibility eligible)
    {
        if (ReferenceEquals(eligible, _seen)) return;
        _seen = eligible;
        if (!eligible.HasEqualWeights) SumUp(eligible.Weights);
    }

    public int Next() => _seen.HasEqualWeights ? random.Next(_seen.Candidates.Length) : Find(random.Next(_sums[^1]));

    /// <summary>Of two or more candidates another one, by weight among the rest.</summary>
    public int NextOtherThan(int first)
    {
        if (_seen.HasEqualWeights)
        {
            var second = random.Next(_seen.Candidates.Length - 1);
            return second < first ? second : second + 1;
        }

        var weight = _seen.Weights[first];
        var point = random.Next(_sums[^1] - weight);
        return Find(point < _sums[first] - weight ? point : point + weight);
    }

    private int Find(int point)
    {
        var candidate = _guide[(int)(point * _partsPerWeight)];
        while (_sums[candidate] <= point) candidate++;
        return candidate;
    }

    private void SumUp(int[] weights)
    {
        if (_sums.Length != weights.Length) (_sums, _guide) = (new int[weights.Length], new int[weights.Length]);
        var sum = 0;
        for (var i = 0; i < weights.Length; i++) _sums[i] = sum += weights[i];
        _partsPerWeight = weights.Length / (double)sum;
        var part = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            for (var last = (int)((_sums[i] - 1) * _partsPerWeight); part <= last; part++) _guide[part] = i;
        }
    }
}
