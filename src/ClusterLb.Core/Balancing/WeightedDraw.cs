using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Draws candidates at random, each as often as its weight: one look into an alias table, however many they are (Walker 1977; made as in
/// Vose 1991). Owned by one event loop.
/// </summary>
internal sealed class WeightedDraw(LoopRandom random)
{
    // After that many times the same again the rest is drawn from alone: one may have nearly all the weight.
    private const int Redraws = 3;

    private Eligibility _seen = Eligibility.None;
    private Slot[] _slots = [];

    // The weight of each candidate and of all before it.
    private int[] _sums = [];

    /// <summary>Called before draws; looks at all candidates when they are others than the last time. At least one.</summary>
    public void Follow(Eligibility eligible)
    {
        if (ReferenceEquals(eligible, _seen)) return;
        _seen = eligible;
        if (eligible.HasEqualWeights) return;
        var count = eligible.Weights.Length;
        if (_sums.Length != count) (_sums, _slots) = (new int[count], new Slot[count]);
        SumUp(eligible.Weights);
        Deal(eligible.Weights);
    }

    public int Next()
    {
        if (_seen.HasEqualWeights) return random.Next(_seen.Candidates.Length);
        var number = random.Next();
        var place = (int)(((number >> 32) * (ulong)_slots.Length) >> 32);
        var slot = _slots[place];
        return (uint)number < slot.Own ? place : slot.Other;
    }

    /// <summary>Of two or more candidates another one, by weight among the rest.</summary>
    public int NextOtherThan(int first)
    {
        if (_seen.HasEqualWeights)
        {
            var second = random.Next(_seen.Candidates.Length - 1);
            return second < first ? second : second + 1;
        }

        for (var draw = 0; draw < Redraws; draw++)
        {
            var other = Next();
            if (other != first) return other;
        }

        var weight = _seen.Weights[first];
        var point = random.Next(_sums[^1] - weight);
        return Find(point < _sums[first] - weight ? point : point + weight);
    }

    /// <summary>The first whose sum is above a point.</summary>
    private int Find(int point)
    {
        var place = Array.BinarySearch(_sums, point + 1);
        return place < 0 ? ~place : place;
    }

    private void SumUp(int[] weights)
    {
        var sum = 0;
        for (var i = 0; i < weights.Length; i++) _sums[i] = sum += weights[i];
    }

    /// <summary>Each slot has room for the average weight: what a light candidate leaves of it is given to a heavy one.</summary>
    private void Deal(int[] weights)
    {
        var (count, room) = (weights.Length, (long)_sums[^1]);
        var left = new long[count];
        var order = new int[count];
        var (light, heavy) = (0, count);
        for (var i = 0; i < count; i++)
        {
            left[i] = (long)weights[i] * count;
            if (left[i] < room) order[light++] = i;
            else order[--heavy] = i;
            _slots[i] = new(uint.MaxValue, i);
        }

        while (light > 0 && heavy < count)
        {
            var (lighter, heavier) = (order[--light], order[heavy]);
            _slots[lighter] = new((uint)(left[lighter] / (double)room * uint.MaxValue), heavier);
            left[heavier] -= room - left[lighter];
            if (left[heavier] >= room) continue;
            order[light++] = heavier;
            heavy++;
        }
    }

    /// <param name="Own">The part of the slot that is its own candidate's, of 2^32 - 1.</param>
    /// <param name="Other">Who has the rest.</param>
    private readonly record struct Slot(uint Own, int Other);
}
