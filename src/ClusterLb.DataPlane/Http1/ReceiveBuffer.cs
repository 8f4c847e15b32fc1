using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// What was received on one connection and not taken yet, in one of the loop's head buffers. Messages stay where they were received: what
/// is taken is only left behind. Used on its loop.
/// </summary>
internal sealed class ReceiveBuffer(EventLoop loop)
{
    private bool _isRented;

    /// <summary>Empty while none is rented.</summary>
    public byte[] Bytes { get; private set; } = [];

    public int Start { get; private set; }

    public int End { get; private set; }

    public int Length => End - Start;

    public bool HasRoom => End < Bytes.Length;

    public Memory<byte> Unread => Bytes.AsMemory(Start, Length);

    /// <summary>Nothing happens when one is rented.</summary>
    public void Rent()
    {
        if (!_isRented) (Bytes, _isRented, Start, End) = (loop.HeadBuffers.Rent(), true, 0, 0);
    }

    public void Return()
    {
        if (_isRented) loop.HeadBuffers.Return(Bytes);
        (Bytes, _isRented, Start, End) = ([], false, 0, 0);
    }

    /// <summary>Gives the buffer back, but keeps a copy of its beginning, for who has yet to read that.</summary>
    public void ReturnBut(int kept)
    {
        var copy = Bytes[..kept];
        Return();
        Bytes = copy;
    }

    public void Take(int count) => Start += count;

    /// <summary>All was taken: the room behind what stays is free again.</summary>
    /// <param name="stays">Where that ends.</param>
    public void Reuse(int stays) => Start = End = stays;

    /// <summary>Moves what is unread to the beginning.</summary>
    public void Compact()
    {
        if (Length > 0) Unread.Span.CopyTo(Bytes);
        (Start, End) = (0, Length);
    }

    /// <summary>Receives what is there now: count, <see cref="IoResult.EndOfStream"/>, or why not.</summary>
    /// <param name="atMost">Bytes.</param>
    public int Receive(Connection from, long atMost = long.MaxValue)
    {
        var received = from.TryReceive(Bytes.AsSpan(End, (int)Math.Min(Bytes.Length - End, atMost)));
        if (received > 0) End += received;
        return received;
    }

    /// <summary>Receives at least one byte: count, <see cref="IoResult.EndOfStream"/>, or why not.</summary>
    public async LoopTask<int> ReceiveAsync(Connection from, long deadline)
    {
        var received = await from.ReceiveAsync(Bytes.AsMemory(End), deadline);
        if (received > 0) End += received;
        return received;
    }
}
