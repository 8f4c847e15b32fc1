namespace ClusterLb.DataPlane.Messages;

/// <summary>Finds a known header by length and first letter, then by one case-folded compare.</summary>
internal static class KnownHeaders
{
    private const int LongestLookalike = 32;

    /// <param name="name">A token, 1 byte or more.</param>
    public static KnownHeader Find(ReadOnlySpan<byte> name)
    {
        var found = FindExact(name);
        return found == KnownHeader.Other && name.ContainsAnyExcept(Grammar.PlainName) ? FindLookalike(name) : found;
    }

    /// <summary>The set that holds just this header.</summary>
    public static ulong Bit(KnownHeader header) => 1UL << (int)header;

    /// <summary>The same name, or one that CGI and its heirs take for it.</summary>
    public static bool Resembles(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other)
    {
        if (name.Length != other.Length) return false;
        for (var i = 0; i < name.Length; i++)
        {
            if (Folded(name[i]) != Folded(other[i])) return false;
        }

        return true;
    }

    private static KnownHeader FindExact(ReadOnlySpan<byte> name) => ((name.Length << 8) | name[0] | 0x20) switch
    {
        (2 << 8) | 't' => Match(name, "te"u8, KnownHeader.Te),
        (3 << 8) | 'v' => Match(name, "via"u8, KnownHeader.Via),
        (4 << 8) | 'd' => Match(name, "date"u8, KnownHeader.Date),
        (4 << 8) | 'h' => Match(name, "host"u8, KnownHeader.Host),
        (5 << 8) | 'p' => Match(name, "proxy"u8, KnownHeader.Lookalike),
        (6 << 8) | 'c' => Match(name, "cookie"u8, KnownHeader.Cookie),
        (6 << 8) | 'e' => Match(name, "expect"u8, KnownHeader.Expect),
        (7 << 8) | 'e' => Match(name, "expires"u8, KnownHeader.Expires),
        (7 << 8) | 't' => Match(name, "trailer"u8, KnownHeader.Trailer),
        (7 << 8) | 'u' => Match(name, "upgrade"u8, KnownHeader.Upgrade),
        (9 << 8) | 'f' => Match(name, "forwarded"u8, KnownHeader.Forwarded),
        (10 << 8) | 'c' => Match(name, "connection"u8, KnownHeader.Connection),
        (10 << 8) | 'k' => Match(name, "keep-alive"u8, KnownHeader.KeepAlive),
        (10 << 8) | 's' => Match(name, "set-cookie"u8, KnownHeader.SetCookie),
        (12 << 8) | 'm' => Match(name, "max-forwards"u8, KnownHeader.MaxForwards),
        (13 << 8) | 'a' => Match(name, "authorization"u8, KnownHeader.Authorization),
        (13 << 8) | 'c' => Match(name, "cache-control"u8, KnownHeader.CacheControl),
        (14 << 8) | 'c' => Match(name, "content-length"u8, KnownHeader.ContentLength),
        (14 << 8) | 'h' => Match(name, "http2-settings"u8, KnownHeader.Http2Settings),
        (16 << 8) | 'w' => Match(name, "www-authenticate"u8, KnownHeader.WwwAuthenticate),
        (16 << 8) | 'p' => Match(name, "proxy-connection"u8, KnownHeader.ProxyConnection),
        (17 << 8) | 'c' => Match(name, "cdn-cache-control"u8, KnownHeader.TargetedCacheControl),
        (17 << 8) | 's' => Match(name, "surrogate-control"u8, KnownHeader.TargetedCacheControl),
        (17 << 8) | 't' => Match(name, "transfer-encoding"u8, KnownHeader.TransferEncoding),
        (18 << 8) | 'p' => Match(name, "proxy-authenticate"u8, KnownHeader.ProxyAuthenticate),
        (19 << 8) | 'p' => Match(name, "proxy-authorization"u8, KnownHeader.ProxyAuthorization),
        (25 << 8) | 'p' => Match(name, "proxy-authentication-info"u8, KnownHeader.ProxyAuthenticationInfo),
        _ when name.Length > 12 && (name[0] | 0x20) == 'x' => FindForwarded(name),
        _ => KnownHeader.Other,
    };

    private static int Folded(byte one) => char.IsAsciiLetterOrDigit((char)one) ? one | 0x20 : '-';

    private static KnownHeader Match(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowerCase, KnownHeader header) =>
        Grammar.EqualsIgnoreCase(name, lowerCase) ? header : KnownHeader.Other;

    private static KnownHeader FindForwarded(ReadOnlySpan<byte> name)
    {
        if (!Grammar.StartsWithIgnoreCase(name, "x-forwarded-"u8)) return KnownHeader.Other;
        var rest = name["x-forwarded-".Length..];
        if (Grammar.EqualsIgnoreCase(rest, "for"u8)) return KnownHeader.XForwardedFor;
        if (Grammar.EqualsIgnoreCase(rest, "host"u8)) return KnownHeader.XForwardedHost;
        return Grammar.EqualsIgnoreCase(rest, "proto"u8) ? KnownHeader.XForwardedProto : KnownHeader.XForwardedOther;
    }

    /// <summary>
    /// CGI and its heirs turn <c>-</c>, <c>_</c> and other marks into <c>_</c>, so there one spelling overwrites the other.
    /// </summary>
    private static KnownHeader FindLookalike(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestLookalike) return KnownHeader.Other;
        Span<byte> dashed = stackalloc byte[LongestLookalike];
        dashed = dashed[..name.Length];
        name.CopyTo(dashed);
        for (var mark = dashed.IndexOfAnyExcept(Grammar.PlainName); mark >= 0; mark = dashed.IndexOfAnyExcept(Grammar.PlainName))
            dashed[mark] = (byte)'-';
        return FindExact(dashed) == KnownHeader.Other ? KnownHeader.Other : KnownHeader.Lookalike;
    }
}
