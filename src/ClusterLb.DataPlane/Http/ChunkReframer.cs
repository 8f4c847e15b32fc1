using ClusterLb.DataPlane.Http.Wire;

namespace ClusterLb.DataPlane.Http;

/// <summary>
/// Turns a received chunked body into our own framing: the data of all chunks that fit becomes one chunk, sizes and extensions are never
/// copied through. For an HTTP/1.0 client the data goes out bare.
/// </summary>
internal struct ChunkReframer(bool framed, bool passTrailers)
{
    private const int HeaderRoom = ChunkedEncoder.MaxHeaderBytes;
    private const int Overhead = HeaderRoom + 2;

    private ChunkedDecoder _decoder;

    /// <summary>Data bytes decoded so far.</summary>
    public long DataBytes { get; private set; }

    /// <param name="input">Received bytes not consumed yet.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="consumed">How much of the input was taken.</param>
    /// <param name="start">Where in the output the bytes to send begin.</param>
    /// <param name="length">How many there are.</param>
    public ChunkStatus Step(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int start, out int length)
    {
        consumed = 0;
        var dataStart = framed ? HeaderRoom : 0;
        var written = 0;
        var room = output.Length - (framed ? Overhead + ChunkedEncoder.MaxLastBytes : 0);
        var status = ChunkStatus.NeedMore;
        while (consumed < input.Length && written < room)
        {
            status = _decoder.Step(input.Slice(consumed, Math.Min(input.Length - consumed, room - written)), out var taken, out var data);
            if (status == ChunkStatus.Data) data.Of(input[consumed..]).CopyTo(output[(dataStart + written)..]);
            consumed += taken;
            if (status == ChunkStatus.Data) written += data.Length;
            else if (status is ChunkStatus.End or ChunkStatus.Malformed) break;
        }

        DataBytes += written;
        start = 0;
        length = written;
        if (framed) Frame(output, status == ChunkStatus.End, written, out start, out length);
        return status is ChunkStatus.Data ? ChunkStatus.NeedMore : status;
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
