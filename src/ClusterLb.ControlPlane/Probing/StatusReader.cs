namespace ClusterLb.ControlPlane.Probing;

/// <summary>
/// Finds the final response's head in what a probe has received. A bare line feed ends a line here: a probe is no place to be strict.
/// </summary>
internal static class StatusReader
{
    /// <summary>No HTTP/1 response begins like this.</summary>
    public const int NotHttp = -1;

    /// <summary>
    /// Reads the status line (RFC 9112 section 4), behind any interim responses (RFC 9110 section 15.2).
    /// </summary>
    /// <param name="start">Where the final response begins.</param>
    /// <returns>200 to 999, <see cref="NotHttp"/>, or null while more is needed.</returns>
    public static int? Read(ReadOnlySpan<byte> received, out int start)
    {
        for (start = 0; ;)
        {
            var rest = received[start..];
            var end = rest.IndexOf((byte)'\n');
            if (end < 0) return null;
            var code = CodeOf(rest[..end]);
            if (code is NotHttp or >= 200) return code;
            if (HeadLength(rest) is not { } length) return null;
            start += length;
        }
    }

    /// <summary>Of the head that this begins with, its empty line included; null while that has not come.</summary>
    public static int? HeadLength(ReadOnlySpan<byte> received)
    {
        for (var at = 0; received[at..].IndexOf((byte)'\n') is >= 0 and var end; at += end + 1)
        {
            if (at > 0 && IsEmpty(received.Slice(at, end))) return at + end + 1;
        }

        return null;
    }

    private static bool IsEmpty(ReadOnlySpan<byte> line) => line is [] or [(byte)'\r'];

    private static int CodeOf(ReadOnlySpan<byte> line) =>
        line is [(byte)'H', (byte)'T', (byte)'T', (byte)'P', (byte)'/', (byte)'1', (byte)'.', >= (byte)'0' and <= (byte)'9', (byte)' ',
            >= (byte)'1' and <= (byte)'9' and var hundreds, >= (byte)'0' and <= (byte)'9' and var tens,
                >= (byte)'0' and <= (byte)'9' and var ones, ..]
        && (line.Length == 12 || line[12] is (byte)' ' or (byte)'\r')
            ? ((hundreds - '0') * 100) + ((tens - '0') * 10) + ones - '0'
            : NotHttp;
}
