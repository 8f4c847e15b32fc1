using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Maglev hashing (Eisenbud et al., NSDI 2016, 3.4) with weights: 65,537 slots, nearly even, few keys move when a member goes.
/// </summary>
internal sealed class MaglevTable : HashTable
{
    private const int Size = 65_537;

    private MaglevTable(Backend[] slots, int[] numbers, int[] weights) : base(slots, numbers, weights)
    {
    }

    /// <param name="weights">By <see cref="Backend.Index"/>, 0 to 256; 0 = gets no slots.</param>
    public static MaglevTable Build(IReadOnlyList<Backend> members, int[] weights)
    {
        Backend[] weighted = [.. members.Where(member => weights[member.Index] > 0).OrderBy(member => member.Name, StringComparer.Ordinal)];
        if (weighted.Length == 0) return new MaglevTable([], [], weights);
        var slots = new Backend?[Size];
        var numbers = new int[Size];
        var offsets = new ulong[weighted.Length];
        var skips = new ulong[weighted.Length];
        var turns = new long[weighted.Length];
        var claims = new int[weighted.Length];
        for (var i = 0; i < weighted.Length; i++)
        {
            var hash = StableHash.Of(weighted[i].Name);
            offsets[i] = hash % Size;
            skips[i] = (StableHash.Combine(hash, 1) % (Size - 1)) + 1;
        }

        var heaviest = weights.Max();
        for (var filled = 0; filled < Size;)
        {
            for (var i = 0; i < weighted.Length && filled < Size; i++)
            {
                // A member takes a turn in every round as often as its weight is of the heaviest's.
                turns[i] += weights[weighted[i].Index];
                if (turns[i] < heaviest) continue;
                turns[i] -= heaviest;
                while (slots[offsets[i]] is not null) offsets[i] = (offsets[i] + skips[i]) % Size;
                slots[offsets[i]] = weighted[i];
                numbers[offsets[i]] = claims[i]++;
                filled++;
            }
        }

        return new MaglevTable(slots!, numbers, weights);
    }

    public override int Start(ulong key) => (int)(key % Size);

    /// <summary>
    /// Anywhere: the slots of a member lie at equal distances, so that the one behind a closed slot, and the ones at any distance, are not
    /// each member's in proportion.
    /// </summary>
    public override int Next(int position, ref ulong walk) => Start(walk = StableHash.Combine(walk, 1));
}
