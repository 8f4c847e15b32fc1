using System.Text;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>The fields whose meaning a proxy must know.</summary>
internal enum KnownHeader : byte
{
    None,
    Host,
    ContentLength,
    TransferEncoding,
    Connection,
    KeepAlive,
    ProxyConnection,
    Te,
    Trailer,
    Upgrade,
    Expect,
    Via,
    XForwardedFor,
    XForwardedProto,
    XForwardedHost,
    Forwarded,
    MaxForwards,
    Cookie,
    Authorization,
    ProxyAuthorization,
    Http2Settings,

    /// <summary>One of the above with <c>_</c> for <c>-</c>: some servers read it as the real one, so it is never passed on.</summary>
    Lookalike,
}

internal static class KnownHeaders
{
    public static KnownHeader Classify(ReadOnlySpan<byte> name)
    {
        var known = Match(name);
        if (known != KnownHeader.None || name.Length > 19 || !name.Contains((byte)'_')) return known;
        Span<byte> dashed = stackalloc byte[name.Length];
        name.Replace(dashed, (byte)'_', (byte)'-');
        return Match(dashed) == KnownHeader.None ? KnownHeader.None : KnownHeader.Lookalike;
    }

    private static KnownHeader Match(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when Is(name, "te"u8) => KnownHeader.Te,
        3 when Is(name, "via"u8) => KnownHeader.Via,
        4 when Is(name, "host"u8) => KnownHeader.Host,
        6 when Is(name, "cookie"u8) => KnownHeader.Cookie,
        6 when Is(name, "expect"u8) => KnownHeader.Expect,
        7 when Is(name, "upgrade"u8) => KnownHeader.Upgrade,
        7 when Is(name, "trailer"u8) => KnownHeader.Trailer,
        9 when Is(name, "forwarded"u8) => KnownHeader.Forwarded,
        10 when Is(name, "connection"u8) => KnownHeader.Connection,
        10 when Is(name, "keep-alive"u8) => KnownHeader.KeepAlive,
        12 when Is(name, "max-forwards"u8) => KnownHeader.MaxForwards,
        13 when Is(name, "authorization"u8) => KnownHeader.Authorization,
        14 when Is(name, "content-length"u8) => KnownHeader.ContentLength,
        14 when Is(name, "http2-settings"u8) => KnownHeader.Http2Settings,
        15 when Is(name, "x-forwarded-for"u8) => KnownHeader.XForwardedFor,
        16 when Is(name, "x-forwarded-host"u8) => KnownHeader.XForwardedHost,
        16 when Is(name, "proxy-connection"u8) => KnownHeader.ProxyConnection,
        17 when Is(name, "transfer-encoding"u8) => KnownHeader.TransferEncoding,
        17 when Is(name, "x-forwarded-proto"u8) => KnownHeader.XForwardedProto,
        19 when Is(name, "proxy-authorization"u8) => KnownHeader.ProxyAuthorization,
        _ => KnownHeader.None,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);

    /// <summary>What a sender may not remove by naming it in <c>Connection</c> (CVE-2021-32813, CVE-2024-45410).</summary>
    public static bool IsProtected(this KnownHeader header) => header is
        KnownHeader.Host or KnownHeader.ContentLength or KnownHeader.TransferEncoding or KnownHeader.XForwardedFor or KnownHeader.XForwardedProto
        or KnownHeader.XForwardedHost or KnownHeader.Forwarded or KnownHeader.Via or KnownHeader.Cookie or KnownHeader.Authorization or KnownHeader.Expect;
}
