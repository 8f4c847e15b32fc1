namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>Our own chunked framing (RFC 9112 section 7.1); nothing of the received framing is copied.</summary>
internal static class ChunkedEncoder
{
    /// <summary>Bytes that the size line of any chunk fits in.</summary>
    public const int MaxHeaderBytes = 10;

    /// <summary>Bytes that <see cref="WriteLast"/> writes without trailers.</summary>
    public const int BareLastBytes = 5;

    /// <summary>Bytes that <see cref="WriteLast"/> writes at most.</summary>
    public const int MaxLastBytes = TrailerBlock.MostBytes + BareLastBytes;

    /// <summary>Writes the size line so that it ends where the data begins; returns where it begins.</summary>
    /// <param name="dataStart"><see cref="MaxHeaderBytes"/> or more.</param>
    /// <param name="size">1 or more: a chunk of 0 bytes would end the body.</param>
    public static int WriteHeaderBefore(Span<byte> buffer, int dataStart, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var start = dataStart;
        buffer[--start] = (byte)'\n';
        buffer[--start] = (byte)'\r';
        for (; size > 0; size >>= 4) buffer[--start] = "0123456789abcdef"u8[size & 15];
        return start;
    }

    /// <summary>The last chunk and the trailers; returns the bytes written.</summary>
    /// <param name="destination"><see cref="MaxLastBytes"/> are always enough.</param>
    /// <param name="trailers">As <see cref="ChunkedDecoder.Trailers"/> gives them: allowed, written anew.</param>
    public static int WriteLast(Span<byte> destination, ReadOnlySpan<byte> trailers)
    {
        "0\r\n"u8.CopyTo(destination);
        trailers.CopyTo(destination[3..]);
        "\r\n"u8.CopyTo(destination[(3 + trailers.Length)..]);
        return trailers.Length + BareLastBytes;
    }
}
