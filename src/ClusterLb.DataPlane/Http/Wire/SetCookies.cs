using System.Buffers.Text;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>Reads the <c>Set-Cookie</c> lines of a response (RFC 6265 section 5.2).</summary>
internal static class SetCookies
{
    /// <summary>The value of the last one of that name that is to be kept, as a browser would have it: an empty one, or one that has expired, takes a cookie back.</summary>
    public static bool TryFind(HeaderTable headers, ReadOnlySpan<byte> source, ReadOnlySpan<byte> name, uint nowSeconds, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!headers.Has(KnownHeader.SetCookie)) return false;
        foreach (ref readonly var entry in headers.Entries)
        {
            if (entry.Known != KnownHeader.SetCookie) continue;
            var line = entry.Value.Of(source);
            var (end, next) = Ends(line);
            var pair = line[..end];
            if (NameOf(pair).SequenceEqual(name) && !ValueOf(pair).IsEmpty && !IsExpired(line[next..], nowSeconds)) value = ValueOf(pair);
        }

        return !value.IsEmpty;
    }

    private static bool IsExpired(ReadOnlySpan<byte> attributes, uint nowSeconds)
    {
        var (hasMaxAge, isExpired) = (false, false);
        while (!attributes.IsEmpty)
        {
            var (end, next) = Ends(attributes);
            var name = NameOf(attributes[..end]);
            var value = ValueOf(attributes[..end]);
            attributes = attributes[next..];
            if (Grammar.EqualsIgnoreCase(name, "max-age"u8)) (hasMaxAge, isExpired) = (true, value.StartsWith("-"u8) || value.SequenceEqual("0"u8));
            // Max-Age has precedence (RFC 6265 section 5.3).
            else if (!hasMaxAge && Grammar.EqualsIgnoreCase(name, "expires"u8)) isExpired = Utf8Parser.TryParse(value, out DateTimeOffset until, out _, 'R') && until.ToUnixTimeSeconds() <= nowSeconds;
        }

        return isExpired;
    }

    /// <summary>Where the part up to the next semicolon ends, and where the rest begins.</summary>
    private static (int End, int Next) Ends(ReadOnlySpan<byte> line) => line.IndexOf((byte)';') is var end and >= 0 ? (end, end + 1) : (line.Length, line.Length);

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> part) => (part.IndexOf((byte)'=') is var equals and >= 0 ? part[..equals] : part).Trim(" \t"u8);

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> part) => part.IndexOf((byte)'=') is var equals and >= 0 ? part[(equals + 1)..].Trim(" \t"u8) : default;
}
