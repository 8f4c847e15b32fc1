namespace ClusterLb.DataPlane.Transport;

/// <summary>Equal buffers of one event loop, last in first out so that the next user finds them in the cache. Not thread-safe.</summary>
internal sealed class BufferPool(int size)
{
    // What load that comes and goes needs again in a moment is not worth giving back.
    private const int Kept = 64;

    private readonly Stack<byte[]> _free = new();
    private int _fewestFree;
    private int _inUse;

    public int Size { get; private set; } = size;

    /// <summary>Of buffers handed out now. Any thread may read.</summary>
    public long BytesInUse => (long)Volatile.Read(ref _inUse) * Size;

    /// <summary>Pinned, because every buffer is handed to the kernel.</summary>
    public byte[] Rent()
    {
        _inUse++;
        if (!_free.TryPop(out var buffer)) return GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        _fewestFree = Math.Min(_fewestFree, _free.Count);
        return buffer;
    }

    public void Return(byte[] buffer)
    {
        _inUse--;
        // One of before they grew is too small for whoever comes next.
        if (buffer.Length == Size) _free.Push(buffer);
    }

    /// <summary>Those rented from now on have so many bytes, if that is more; who has one keeps it.</summary>
    public void Grow(int size)
    {
        if (size <= Size) return;
        Size = size;
        _free.Clear();
        _fewestFree = 0;
    }

    /// <summary>
    /// Gives half of what nobody needed since the last call, but for a reserve, back to the collector, so that a burst's memory does not
    /// stay for ever.
    /// </summary>
    public void Trim()
    {
        for (var surplus = (_fewestFree - Kept + 1) / 2; surplus > 0; surplus--) _free.Pop();
        _fewestFree = _free.Count;
    }
}
