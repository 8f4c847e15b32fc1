namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>Reads the <c>Set-Cookie</c> lines of a response (RFC 6265 section 5.2): only names and values.</summary>
internal static class SetCookies
{
    /// <summary>The value of the last one of that name, as a browser would have it; false also for an empty value, which takes a cookie back.</summary>
    public static bool TryFind(HeaderTable headers, ReadOnlySpan<byte> source, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!headers.Has(KnownHeader.SetCookie)) return false;
        foreach (ref readonly var entry in headers.Entries)
        {
            if (entry.Known != KnownHeader.SetCookie) continue;
            var pair = entry.Value.Of(source);
            var end = pair.IndexOf((byte)';');
            if (end >= 0) pair = pair[..end];
            pair = pair.Trim(" \t"u8);
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name)) value = pair[(name.Length + 1)..];
        }

        return !value.IsEmpty;
    }
}
