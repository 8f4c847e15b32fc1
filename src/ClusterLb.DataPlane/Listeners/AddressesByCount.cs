using System.Numerics;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>
/// Addresses by how many connections they have, those with most at hand. Every step is O(1) but for empty counts, which are passed over 64
/// at a time.
/// </summary>
internal sealed class AddressesByCount
{
    private const int BitsPerWord = 64;

    private (ClientAddress? First, ClientAddress? Last, int Length)[] _lists = new (ClientAddress?, ClientAddress?, int)[BitsPerWord];
    private ulong[] _used = new ulong[1];

    /// <summary>Of the address that has most; 0 = there is none.</summary>
    public int Most { get; private set; }

    public int AddressesWith(int count) => _lists[count].Length;

    public ClientAddress FirstWith(int count) => _lists[count].First!;

    /// <summary>The next lower count that an address has; 0 = none.</summary>
    public int NextBelow(int count)
    {
        if (count <= 1) return 0;
        var (word, bit) = Math.DivRem(count - 1, BitsPerWord);
        for (var bits = _used[word] & (ulong.MaxValue >> (BitsPerWord - 1 - bit)); ; bits = _used[word])
        {
            if (bits != 0) return (word * BitsPerWord) + BitOperations.Log2(bits);
            if (--word < 0) return 0;
        }
    }

    /// <summary>In the place that its count says, behind the others there.</summary>
    public void Add(ClientAddress address)
    {
        var count = address.Count;
        if (count >= _lists.Length) Grow();
        ref var list = ref _lists[count];
        (address.Previous, address.Next) = (list.Last, null);
        if (list.Last is null) list.First = address;
        else list.Last.Next = address;
        list.Last = address;
        if (list.Length++ == 0) _used[count / BitsPerWord] |= 1UL << (count % BitsPerWord);
        Most = Math.Max(Most, count);
    }

    /// <summary>Before its count changes.</summary>
    public void Remove(ClientAddress address)
    {
        var count = address.Count;
        ref var list = ref _lists[count];
        if (address.Previous is null) list.First = address.Next;
        else address.Previous.Next = address.Next;
        if (address.Next is null) list.Last = address.Previous;
        else address.Next.Previous = address.Previous;
        (address.Previous, address.Next) = (null, null);
        if (--list.Length > 0) return;
        _used[count / BitsPerWord] &= ~(1UL << (count % BitsPerWord));
        if (Most == count) Most = NextBelow(count);
    }

    public void MoveLast(ClientAddress address)
    {
        if (address.Next is null) return;
        Remove(address);
        Add(address);
    }

    private void Grow()
    {
        Array.Resize(ref _lists, _lists.Length * 2);
        Array.Resize(ref _used, _lists.Length / BitsPerWord);
    }
}
