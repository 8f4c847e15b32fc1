using ClusterLb.Core.Balancing;

namespace ClusterLb.Core.Routing;

/// <summary>An immutable map from byte strings, looked up by a span without allocating. Open addressing, at most half full.</summary>
internal sealed class ByteTable<T> where T : class
{
    private readonly (byte[] Key, T Value)?[] _slots;
    private readonly ulong _mask;

    public ByteTable(IReadOnlyCollection<KeyValuePair<string, T>> entries)
    {
        _slots = new (byte[], T)?[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, entries.Count * 2))];
        _mask = (ulong)_slots.Length - 1;
        foreach (var (text, value) in entries)
        {
            var key = System.Text.Encoding.UTF8.GetBytes(text);
            var slot = StableHash.Of(key) & _mask;
            while (_slots[slot] is not null) slot = (slot + 1) & _mask;
            _slots[slot] = (key, value);
        }

        Count = entries.Count;
    }

    public int Count { get; }

    public T? Find(ReadOnlySpan<byte> key)
    {
        if (Count == 0) return null;
        for (var slot = StableHash.Of(key) & _mask; _slots[slot] is { } entry; slot = (slot + 1) & _mask)
        {
            if (key.SequenceEqual(entry.Key)) return entry.Value;
        }

        return null;
    }
}
