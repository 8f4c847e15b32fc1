using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// Puts a message's content on a connection: as it stands, or in chunks of our own (RFC 9112 section 7.1), each as large as its piece. With
/// the first piece goes the head.
/// </summary>
internal sealed class BodyWriter(EventLoop loop) : IBodyWriter
{
    // Copying so little costs less than the kernel's gathering it from two places.
    private const int MostJoined = 4 * 1024;

    private Connection _to = null!;
    private byte[]? _head;
    private int _headLength;
    private bool _isChunked;
    private bool _passesTrailers;
    private long _idle;

    public bool HoldsHead => _head is not null;

    public bool IsPlain => !_isChunked;

    public int RoomBefore => _isChunked ? ChunkedEncoder.MaxHeaderBytes : 0;

    public int RoomBehind => !_isChunked ? 0 : 2 + (_passesTrailers ? ChunkedEncoder.MaxLastBytes : ChunkedEncoder.BareLastBytes);

    public Connection? Socket => _isChunked ? null : _to;

    public long BytesWritten { get; private set; }

    /// <summary>A buffer to write the head into, before <see cref="Begin"/> or <see cref="Reset"/>.</summary>
    public byte[] RentHead()
    {
        Reset();
        return _head = loop.HeadBuffers.Rent();
    }

    /// <summary>The head is written.</summary>
    /// <param name="headLength">Bytes of it.</param>
    /// <param name="kind">How the end of the content is told.</param>
    /// <param name="passesTrailers">The receiver takes them.</param>
    /// <param name="idle">Milliseconds the receiver may take over each piece.</param>
    public void Begin(Connection to, int headLength, BodyKind kind, bool passesTrailers, long idle)
    {
        (_to, _headLength, _idle) = (to, headLength, idle);
        (_isChunked, _passesTrailers) = (kind == BodyKind.Chunked, passesTrailers);
    }

    /// <summary>Nothing was written. A head that did not go out will not.</summary>
    public void Reset()
    {
        BytesWritten = 0;
        if (_head is null) return;
        loop.HeadBuffers.Return(_head);
        _head = null;
    }

    public LoopTask<int> WriteAsync(in BodyPiece piece)
    {
        var content = _isChunked ? Chunk(piece) : piece.Buffer.Slice(piece.Start, piece.Length);
        if (_head is not null) return SendWithHeadAsync(content);
        BytesWritten += content.Length;
        return content.IsEmpty ? new LoopTask<int>(IoResult.Ready) : _to.SendAsync(content, loop.Now + _idle);
    }

    public LoopTask<int> DrainAsync(Pipe pipe)
    {
        BytesWritten += pipe.Held;
        return pipe.DrainAsync(_to, _idle);
    }

    private async LoopTask<int> SendWithHeadAsync(Memory<byte> content)
    {
        BytesWritten += _headLength + content.Length;
        var length = _headLength;
        if (content.Length <= Math.Min(MostJoined, _head!.Length - length))
        {
            content.CopyTo(_head.AsMemory(length));
            (length, content) = (length + content.Length, default);
        }

        var head = _head;
        _head = null;
        try
        {
            return await _to.SendAsync(head.AsMemory(0, length), content, loop.Now + _idle);
        }
        finally
        {
            loop.HeadBuffers.Return(head);
        }
    }

    /// <summary>Its size line before it, its end behind it, and behind the last one the end of all.</summary>
    private Memory<byte> Chunk(in BodyPiece piece)
    {
        if (piece.Length == 0 && !piece.IsLast) return default;
        var buffer = piece.Buffer.Span;
        var (start, end) = (piece.Start, piece.Start + piece.Length);
        if (piece.Length > 0)
        {
            start = ChunkedEncoder.WriteHeaderBefore(buffer, start, piece.Length);
            "\r\n"u8.CopyTo(buffer[end..]);
            end += 2;
        }

        if (piece.IsLast) end += ChunkedEncoder.WriteLast(buffer[end..], _passesTrailers ? piece.Trailers.Span : default);
        return piece.Buffer[start..end];
    }
}
