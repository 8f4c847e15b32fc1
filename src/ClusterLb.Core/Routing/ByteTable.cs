using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace ClusterLb.Core.Routing;

/// <summary>
/// An immutable hash table from bytes to values, for callers that have the hash already. Open addressing, at most half full.
/// </summary>
internal sealed class ByteTable<T>
    where T : class
{
    private readonly (ulong Hash, byte[] Key, T? Value)[] _slots;
    private readonly int _shift;

    /// <param name="entries">Distinct keys.</param>
    /// <param name="hash">The hash that look-ups will use.</param>
    public ByteTable(IReadOnlyCollection<KeyValuePair<byte[], T>> entries, Func<byte[], ulong> hash)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(entries.Count * 2, 4));
        _slots = new (ulong, byte[], T?)[size];
        _shift = 64 - BitOperations.Log2(size);
        foreach (var (key, value) in entries)
        {
            var at = First(hash(key));
            while (_slots[at].Value is not null) at = Next(at);
            _slots[at] = (hash(key), key, value);
            LongestKey = Math.Max(LongestKey, key.Length);
        }
    }

    /// <summary>In bytes: no longer key need be looked up; 0 = there is none at all, or only the empty one.</summary>
    public int LongestKey { get; }

    public bool TryFind(ulong hash, ReadOnlySpan<byte> key, [NotNullWhen(true)] out T? value)
    {
        for (var at = First(hash); ; at = Next(at))
        {
            ref readonly var slot = ref _slots[at];
            value = slot.Value;
            if (value is null) return false;
            if (slot.Hash == hash && key.SequenceEqual(slot.Key)) return true;
        }
    }

    // Fibonacci hashing (Knuth 6.4): the high bits of the product depend on all bits of the hash.
    private int First(ulong hash) => (int)((hash * 0x9E3779B97F4A7C15) >> _shift);

    private int Next(int at) => (at + 1) & (_slots.Length - 1);
}
