using ClusterLb.DataPlane.Http1.Wire;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// Turns a received chunked body into our own framing: the data of all chunks that fit becomes one chunk, sizes and extensions are never
/// copied through. For an HTTP/1.0 client the data goes out bare.
/// </summary>
internal struct ChunkReframer(bool framed, bool passTrailers)
{
    private const int HeaderRoom = ChunkedEncoder.MaxHeaderBytes;

    // What stands beside the data, framed: size line, line end, last chunk, and trailers for who takes them.
    private readonly int _frameRoom = !framed
        ? 0
        : HeaderRoom + 2 + (passTrailers ? ChunkedEncoder.MaxLastBytes : ChunkedEncoder.BareLastBytes);

    private ChunkedDecoder _decoder;

    /// <summary>Data bytes decoded so far.</summary>
    public readonly long DataBytes => _decoder.DataBytes;

    /// <param name="input">Received bytes not consumed yet.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="consumed">How much of the input was taken.</param>
    /// <param name="start">Where in the output the bytes to send begin.</param>
    /// <param name="length">How many there are.</param>
    public ChunkStatus Step(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int start, out int length)
    {
        start = 0;
        var room = output.Slice(framed ? HeaderRoom : 0, output.Length - _frameRoom);
        var status = _decoder.Decode(input, room, out consumed, out length);
        if (framed) Frame(output, status == ChunkStatus.End, length, out start, out length);
        return status;
    }

    private void Frame(Span<byte> output, bool isLast, int data, out int start, out int length)
    {
        start = HeaderRoom;
        var end = HeaderRoom;
        if (data > 0)
        {
            start = ChunkedEncoder.WriteHeaderBefore(output, HeaderRoom, data);
            end += data;
            output[end++] = (byte)'\r';
            output[end++] = (byte)'\n';
        }

        if (isLast) end += ChunkedEncoder.WriteLast(output[end..], passTrailers ? _decoder.Trailers : default);
        length = end - start;
    }
}
