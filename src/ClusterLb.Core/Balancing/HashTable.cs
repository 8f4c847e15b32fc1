using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// An order of backends for every key, built over the <em>configured</em> members whatever their health, so that a backend that
/// returns gets exactly its keys back. A member has slots in proportion to the weight that the table was built for; one that weighs less at
/// the moment keeps its first slots open and closes the others, whose keys go on to the next open slot of theirs. So a weight that falls
/// and rises again moves that member's keys and no others. Immutable; equal members and weights give an equal table whatever their order.
/// </summary>
internal abstract class HashTable
{
    private const int Ranks = 1 << 16;

    // With half of all slots open and acceptable, one key in 2^64 goes further.
    private const int MostStepsOfAny = 64;

    private readonly Backend[] _slots;
    private readonly ushort[] _ranks;
    private readonly int[] _weights;

    /// <param name="slots">Whose each is.</param>
    /// <param name="numbers">Which of its owner's each is, from 0.</param>
    /// <param name="weights">By <see cref="Backend.Index"/>; 0 = has no slots.</param>
    protected HashTable(Backend[] slots, int[] numbers, int[] weights)
    {
        (_slots, _weights) = (slots, weights);
        var counts = new int[weights.Length];
        foreach (var owner in slots) counts[owner.Index]++;
        _ranks = [.. slots.Select((owner, i) => (ushort)((long)numbers[i] * Ranks / counts[owner.Index]))];
    }

    public int Length => _slots.Length;

    /// <summary>How far to walk for a key.</summary>
    public int MostSteps => Math.Min(_slots.Length, MostStepsOfAny);

    /// <summary>Whether it is built for these weights, by <see cref="Backend.Index"/>.</summary>
    public bool Has(ReadOnlySpan<int> weights) => weights.SequenceEqual(_weights);

    /// <summary>What it is built for; 0 = has no slots.</summary>
    public int WeightOf(Backend backend) => _weights[backend.Index];

    /// <summary>The place of the key's first candidate.</summary>
    public abstract int Start(ulong key);

    /// <summary>The key's next place.</summary>
    /// <param name="position">The one before.</param>
    /// <param name="walk">The key at first; the table's own after that.</param>
    public abstract int Next(int position, ref ulong walk);

    public Backend At(int position) => _slots[position];

    /// <summary>Whether the slot's owner takes what comes to it.</summary>
    /// <param name="weight">Of the owner now, x 100.</param>
    public bool IsOpen(int position, int weight)
    {
        var all = _weights[_slots[position].Index] * 100;
        return weight >= all || _ranks[position] * (long)all < (long)weight * Ranks;
    }
}
