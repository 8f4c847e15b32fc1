using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Maglev hashing (Eisenbud et al., NSDI 2016, 3.4) with weights: 65,537 slots, nearly even, few keys move when a member goes.
/// </summary>
internal sealed class MaglevTable : HashTable
{
    private const int Size = 65_537;

    private MaglevTable(Backend[] slots) : base(slots)
    {
    }

    public static MaglevTable Build(IReadOnlyList<Backend> members)
    {
        Backend[] weighted = [.. members.Where(member => member.Weight > 0).OrderBy(member => member.Name, StringComparer.Ordinal)];
        if (weighted.Length == 0) return new MaglevTable([]);
        var slots = new Backend?[Size];
        var offsets = new ulong[weighted.Length];
        var skips = new ulong[weighted.Length];
        var turns = new long[weighted.Length];
        for (var i = 0; i < weighted.Length; i++)
        {
            var hash = StableHash.Of(weighted[i].Name);
            offsets[i] = hash % Size;
            skips[i] = (StableHash.Combine(hash, 1) % (Size - 1)) + 1;
        }

        var heaviest = weighted.Max(member => member.Weight);
        for (var filled = 0; filled < Size;)
        {
            for (var i = 0; i < weighted.Length && filled < Size; i++)
            {
                // A member takes a turn in every round as often as its weight is of the heaviest's.
                turns[i] += weighted[i].Weight;
                if (turns[i] < heaviest) continue;
                turns[i] -= heaviest;
                while (slots[offsets[i]] is not null) offsets[i] = (offsets[i] + skips[i]) % Size;
                slots[offsets[i]] = weighted[i];
                filled++;
            }
        }

        return new MaglevTable(slots!);
    }

    public override int Start(ulong key) => Length == 0 ? 0 : (int)(key % (ulong)Length);
}
