using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// Takes a message's content off a connection: a length, chunks (RFC 9112 section 7.1), or all until the connection ends. What came with
/// the head is in the connection's buffer and goes first.
/// </summary>
internal abstract class BodyReader(ReceiveBuffer buffer) : IBodyReader
{
    private ChunkedDecoder _decoder;

    public bool HasBegun => Buffer.Length > 0;

    public bool IsComplete { get; private set; }

    public long Left { get; private set; }

    public bool IsPlain => Kind != BodyKind.Chunked;

    public Memory<byte> AtHand => IsPlain ? Buffer.Unread[..(int)Math.Min(Buffer.Length, Left)] : default;

    public bool HasRoom => Buffer.HasRoom;

    public bool MayReceive => From.MayReceive;

    public ReadOnlyMemory<byte> Trailers => IsPlain ? default : _decoder.Trailers;

    public Connection? Socket => From;

    public abstract long Spliceable { get; }

    protected ReceiveBuffer Buffer { get; } = buffer;

    protected Connection From { get; private set; } = null!;

    protected BodyKind Kind { get; private set; }

    /// <param name="body">Of the head that was read; what follows it is unread in the buffer.</param>
    public virtual void Begin(Connection from, BodyFraming body)
    {
        (From, Kind) = (from, body.Kind);
        Left = body.Kind is BodyKind.Chunked or BodyKind.UntilClose ? long.MaxValue : body.Length;
        IsComplete = Left == 0;
        _decoder = new ChunkedDecoder();
    }

    public void Take(long count)
    {
        if (Buffer.Length > 0) Buffer.Take((int)count);
        Count(count);
    }

    public MessageEnd Read(Span<byte> room, out int count)
    {
        if (!IsPlain) return ReadChunks(room, out count);
        if (Buffer.Length == 0) return Received(ReceivePlain(room), out count);
        count = Math.Min(room.Length, AtHand.Length);
        AtHand.Span[..count].CopyTo(room);
        Take(count);
        return IsComplete ? MessageEnd.Complete : MessageEnd.More;
    }

    public MessageEnd Gather(out int count)
    {
        var received = Buffer.Receive(From, Left - Buffer.Length);
        count = Math.Max(received, 0);
        return received > 0 ? MessageEnd.More : EndOf(received);
    }

    public LoopTask<int> WaitAsync(long deadline) => From.WaitReadableAsync(deadline);

    public void WaitBy(long deadline) => From.RestartReadDeadline(deadline);

    public void Cancel() => From.CancelRead();

    /// <summary>Receives content from the connection, none that is not this message's.</summary>
    protected abstract int ReceivePlain(Span<byte> room);

    protected abstract MessageEnd ReadChunks(Span<byte> room, out int count);

    /// <summary>Takes the framing off what is in the buffer.</summary>
    protected MessageEnd DecodeBuffered(Span<byte> room, out int count)
    {
        var end = Decode(Buffer.Unread.Span, room, out var consumed, out count);
        Buffer.Take(consumed);
        return end;
    }

    protected MessageEnd Decode(ReadOnlySpan<byte> input, Span<byte> room, out int consumed, out int count)
    {
        var status = _decoder.Decode(input, room, out consumed, out count);
        if (status == ChunkStatus.End) Complete();
        return status switch
        {
            ChunkStatus.End => MessageEnd.Complete,
            ChunkStatus.Malformed => MessageEnd.Malformed,
            _ => MessageEnd.More,
        };
    }

    /// <summary>Of a call that received nothing.</summary>
    protected MessageEnd EndOf(int received)
    {
        if (received == IoResult.WouldBlock) return MessageEnd.More;
        // Only an orderly close is an end; a reset is a body cut short.
        if (received != IoResult.EndOfStream || Kind != BodyKind.UntilClose) return MessageEnd.SenderGone;
        Complete();
        return MessageEnd.Complete;
    }

    private MessageEnd Received(int received, out int count)
    {
        count = Math.Max(received, 0);
        if (received <= 0) return EndOf(received);
        Count(received);
        return IsComplete ? MessageEnd.Complete : MessageEnd.More;
    }

    private void Count(long count)
    {
        if (Kind != BodyKind.Length) return;
        Left -= count;
        IsComplete = Left == 0;
    }

    private void Complete() => (IsComplete, Left) = (true, 0);
}
