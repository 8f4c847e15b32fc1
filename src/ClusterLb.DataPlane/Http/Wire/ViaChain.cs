namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>The proxies a message came through (RFC 9110 section 7.6.3).</summary>
internal static class ViaChain
{
    /// <summary>Looks for the name as a whole word anywhere, which also finds it inside a comment: a false loop is better than a true one.</summary>
    public static bool Contains(ReadOnlySpan<byte> bytes, HeaderTable headers, ReadOnlySpan<byte> token)
    {
        if (!headers.Has(KnownHeader.Via)) return false;
        foreach (ref readonly var entry in headers.Entries)
        {
            if (entry.Known == KnownHeader.Via && HasWord(entry.Value.Of(bytes), token)) return true;
        }

        return false;
    }

    private static bool HasWord(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word)
    {
        while (!value.IsEmpty)
        {
            var end = value.IndexOfAny((byte)' ', (byte)',', (byte)'\t');
            if (end < 0) return Grammar.EqualsIgnoreCase(value, word);
            if (Grammar.EqualsIgnoreCase(value[..end], word)) return true;
            value = value[(end + 1)..];
        }

        return false;
    }
}
