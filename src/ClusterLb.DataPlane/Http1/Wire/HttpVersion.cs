namespace ClusterLb.DataPlane.Http1.Wire;

internal enum HttpVersion
{
    Malformed,

    /// <summary>Well-formed, but not spoken here.</summary>
    Unsupported,
    Http10,

    /// <summary>And 1.2 to 1.9.</summary>
    Http11,
}

internal static class HttpVersions
{
    /// <summary>
    /// <c>HTTP/</c> in capitals, one digit, a dot, one digit (RFC 9112 section 2.3). A later minor version is read as the highest one
    /// known, which it is compatible with (RFC 9110 section 6.2).
    /// </summary>
    public static HttpVersion Parse(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("HTTP/1.1"u8)) return HttpVersion.Http11;
        if (text.SequenceEqual("HTTP/1.0"u8)) return HttpVersion.Http10;
        var wellFormed = text.Length == 8 && text.StartsWith("HTTP/"u8) && text[6] == '.'
            && char.IsAsciiDigit((char)text[5]) && char.IsAsciiDigit((char)text[7]);
        if (!wellFormed) return HttpVersion.Malformed;
        return text[5] == '1' ? HttpVersion.Http11 : HttpVersion.Unsupported;
    }
}
