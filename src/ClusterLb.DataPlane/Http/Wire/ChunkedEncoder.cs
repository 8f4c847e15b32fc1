using System.Buffers.Text;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>Our own chunked framing (RFC 9112 section 7.1); nothing of the received framing is copied.</summary>
internal static class ChunkedEncoder
{
    /// <summary>Bytes that the header of any chunk fits in.</summary>
    public const int LongestHeader = 10;

    /// <summary>Follows the data of every chunk.</summary>
    public static ReadOnlySpan<byte> ChunkEnd => "\r\n"u8;

    /// <summary>Ends a body that has no trailers.</summary>
    public static ReadOnlySpan<byte> LastChunk => "0\r\n\r\n"u8;

    /// <summary>The size line of a chunk; bytes written, or -1 when the destination is too small.</summary>
    /// <param name="destination">At least <see cref="LongestHeader"/> bytes are always enough.</param>
    /// <param name="size">1 or more: a chunk of 0 bytes would end the body.</param>
    public static int WriteHeader(Span<byte> destination, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (!Utf8Formatter.TryFormat(size, destination, out var length, 'x') || !"\r\n"u8.TryCopyTo(destination[length..])) return -1;
        return length + 2;
    }

    /// <summary>The last chunk and the trailers; bytes written, or -1 when the destination is too small.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="trailers">As <see cref="ChunkedDecoder.Trailers"/> gives them: whole, allowed lines.</param>
    public static int WriteLast(Span<byte> destination, ReadOnlySpan<byte> trailers)
    {
        var writer = new WireWriter(destination);
        writer.Write("0\r\n"u8);
        writer.Write(trailers);
        writer.Write("\r\n"u8);
        return writer.Result;
    }
}
