namespace ClusterLb.DataPlane.Messages;

/// <summary>The headers the proxy itself reads, writes or withholds. Fewer than 64, so that a set of them is one word.</summary>
internal enum KnownHeader : byte
{
    /// <summary>End to end, passed on as received.</summary>
    Other,

    /// <summary>Named by <c>Connection</c> and therefore meant for us only (RFC 9110 section 7.6.1).</summary>
    HopByHop,

    /// <summary>
    /// Like <c>Content_Length</c> or <c>Content.Length</c>, which some servers read as the header it resembles, or <c>Proxy</c>, which CGI
    /// makes the variable <c>HTTP_PROXY</c> (CVE-2016-5385): it never passes.
    /// </summary>
    Lookalike,
    Authorization,
    CacheControl,
    Connection,
    ContentLength,
    Cookie,
    Date,
    Expect,
    Expires,
    Forwarded,
    Host,
    Http2Settings,
    KeepAlive,
    MaxForwards,
    ProxyAuthenticate,
    ProxyAuthenticationInfo,
    ProxyAuthorization,
    ProxyConnection,
    SetCookie,

    /// <summary><c>CDN-Cache-Control</c> (RFC 9213) and <c>Surrogate-Control</c>: for shared caches alone.</summary>
    TargetedCacheControl,
    Te,
    Trailer,
    TransferEncoding,
    Upgrade,
    Via,
    WwwAuthenticate,
    XForwardedFor,
    XForwardedHost,
    XForwardedProto,

    /// <summary>Any other <c>X-Forwarded-…</c>.</summary>
    XForwardedOther,
}
