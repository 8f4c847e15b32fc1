namespace ClusterLb.ControlPlane.Health;

/// <summary>Finds the final status in what a probe has received.</summary>
internal static class StatusReader
{
    /// <summary>No HTTP/1 response begins like this.</summary>
    public const int NotHttp = -1;

    /// <summary>
    /// Reads the status line (RFC 9112 section 4), behind any interim responses (RFC 9110 section 15.2). A bare line feed ends a line here:
    /// a probe is no place to be strict.
    /// </summary>
    /// <returns>200 to 999, <see cref="NotHttp"/>, or null while more is needed.</returns>
    public static int? Read(ReadOnlySpan<byte> received)
    {
        while (true)
        {
            var end = received.IndexOf((byte)'\n');
            if (end < 0) return null;
            var code = CodeOf(received[..end]);
            if (code is NotHttp or >= 200) return code;
            if (!TrySkipHead(ref received)) return null;
        }
    }

    private static int CodeOf(ReadOnlySpan<byte> line) =>
        line is [(byte)'H', (byte)'T', (byte)'T', (byte)'P', (byte)'/', (byte)'1', (byte)'.', >= (byte)'0' and <= (byte)'9', (byte)' ',
            >= (byte)'1' and <= (byte)'9' and var hundreds, >= (byte)'0' and <= (byte)'9' and var tens,
                >= (byte)'0' and <= (byte)'9' and var ones, ..]
        && (line.Length == 12 || line[12] is (byte)' ' or (byte)'\r')
            ? ((hundreds - '0') * 100) + ((tens - '0') * 10) + ones - '0'
            : NotHttp;

    /// <summary>To behind the empty line.</summary>
    private static bool TrySkipHead(ref ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf("\n\r\n"u8);
        if (end < 0) return false;
        received = received[(end + 3)..];
        return true;
    }
}
