namespace ClusterLb.DataPlane.Messages;

/// <summary>Reads the <c>Set-Cookie</c> lines of a response (RFC 6265 section 5.2).</summary>
internal static class SetCookies
{
    /// <summary>
    /// The value of the last one of that name that is to be kept, as a browser would have it: an empty one, or one that has expired, takes
    /// a cookie back.
    /// </summary>
    public static bool TryFind(HeaderTable headers, ReadOnlySpan<byte> name, uint nowSeconds, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!headers.Has(KnownHeader.SetCookie)) return false;
        foreach (ref readonly var entry in headers.Entries)
        {
            if (entry.Known != KnownHeader.SetCookie) continue;
            var line = entry.Value.Of(headers.Bytes);
            var (end, next) = Ends(line);
            var pair = line[..end];
            if (NameOf(pair).SequenceEqual(name) && !ValueOf(pair).IsEmpty && !IsExpired(line[next..], nowSeconds)) value = ValueOf(pair);
        }

        return !value.IsEmpty;
    }

    /// <summary>Of each attribute the last one counts that is well-formed; Max-Age has precedence (RFC 6265 section 5.3).</summary>
    private static bool IsExpired(ReadOnlySpan<byte> attributes, uint nowSeconds)
    {
        bool? byAge = null, byDate = null;
        while (!attributes.IsEmpty)
        {
            var (end, next) = Ends(attributes);
            var name = NameOf(attributes[..end]);
            var value = ValueOf(attributes[..end]);
            attributes = attributes[next..];
            if (Grammar.EqualsIgnoreCase(name, "max-age"u8)) byAge = IsOver(value) ?? byAge;
            else if (Grammar.EqualsIgnoreCase(name, "expires"u8) && CookieDate.TryParse(value, out var until)) byDate = until <= nowSeconds;
        }

        return byAge ?? byDate ?? false;
    }

    /// <summary>Of a Max-Age (RFC 6265 section 5.2.2); null = it is none.</summary>
    private static bool? IsOver(ReadOnlySpan<byte> age)
    {
        var isNegative = age.StartsWith("-"u8);
        var digits = isNegative ? age[1..] : age;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return null;
        return isNegative || !digits.ContainsAnyExcept((byte)'0');
    }

    /// <summary>Where the part up to the next semicolon ends, and where the rest begins.</summary>
    private static (int End, int Next) Ends(ReadOnlySpan<byte> line) =>
        line.IndexOf((byte)';') is var end and >= 0 ? (end, end + 1) : (line.Length, line.Length);

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> part) =>
        (part.IndexOf((byte)'=') is var equals and >= 0 ? part[..equals] : part).Trim(" \t"u8);

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> part) =>
        part.IndexOf((byte)'=') is var equals and >= 0 ? part[(equals + 1)..].Trim(" \t"u8) : default;
}
