using System.Text;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>Our own chunk framing.</summary>
internal static class ChunkedEncoder
{
    /// <summary>8 hexadecimal digits and CRLF.</summary>
    public const int MaxHeaderBytes = 10;

    /// <summary>What <see cref="WriteLast"/> writes at most.</summary>
    public const int MaxLastBytes = ChunkedDecoder.MaxTrailerBytes + 5;

    /// <summary>Writes size and CRLF so that they end where the data begins.</summary>
    /// <returns>Where the chunk starts.</returns>
    public static int WriteHeaderBefore(Span<byte> buffer, int dataStart, int size)
    {
        var start = dataStart;
        buffer[--start] = (byte)'\n';
        buffer[--start] = (byte)'\r';
        do
        {
            buffer[--start] = "0123456789abcdef"u8[size & 15];
            size >>= 4;
        }
        while (size > 0);
        return start;
    }

    /// <summary>Writes the last chunk with those of the given field lines that may be trailers.</summary>
    public static int WriteLast(Span<byte> destination, ReadOnlySpan<byte> trailers)
    {
        "0\r\n"u8.CopyTo(destination);
        var length = 3;
        while (!trailers.IsEmpty)
        {
            var end = trailers.IndexOf((byte)'\n') + 1;
            var line = trailers[..end];
            trailers = trailers[end..];
            if (!MayBeTrailer(line[..line.IndexOf((byte)':')])) continue;
            line.CopyTo(destination[length..]);
            length += line.Length;
        }

        "\r\n"u8.CopyTo(destination[length..]);
        return length + 2;
    }

    /// <summary>RFC 9110 6.5.1: nothing that frames, routes, authenticates or says who the client is (CVE-2026-88004).</summary>
    private static bool MayBeTrailer(ReadOnlySpan<byte> name)
    {
        if (KnownHeaders.Classify(name) != KnownHeader.None) return false;
        return !(Is(name, "set-cookie"u8) || Is(name, "www-authenticate"u8) || Is(name, "cache-control"u8) || Is(name, "range"u8)
            || Is(name, "content-encoding"u8) || Is(name, "content-type"u8) || Is(name, "content-range"u8) || Is(name, "location"u8)
            || Is(name, "x-real-ip"u8) || Is(name, "proxy-authenticate"u8) || Is(name, "date"u8) || Is(name, "vary"u8));
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) => Ascii.EqualsIgnoreCase(name, other);
}
