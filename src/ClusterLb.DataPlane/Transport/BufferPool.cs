namespace ClusterLb.DataPlane.Transport;

/// <summary>Equal buffers of one event loop, last in first out so that the next user finds them in the cache. Not thread-safe.</summary>
internal sealed class BufferPool(int size)
{
    // What load that comes and goes needs again in a moment is not worth giving back.
    private const int Kept = 64;

    private readonly Stack<byte[]> _free = new();
    private int _fewestFree;

    public int Size { get; } = size;

    /// <summary>Buffers handed out now.</summary>
    public int InUse { get; private set; }

    /// <summary>Pinned, because every buffer is handed to the kernel.</summary>
    public byte[] Rent()
    {
        InUse++;
        if (!_free.TryPop(out var buffer)) return GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        _fewestFree = Math.Min(_fewestFree, _free.Count);
        return buffer;
    }

    public void Return(byte[] buffer)
    {
        InUse--;
        _free.Push(buffer);
    }

    /// <summary>Gives half of what nobody needed since the last call, but for a reserve, back to the collector, so that a burst's memory does not stay for ever.</summary>
    public void Trim()
    {
        for (var surplus = (_fewestFree - Kept + 1) / 2; surplus > 0; surplus--) _free.Pop();
        _fewestFree = _free.Count;
    }
}
