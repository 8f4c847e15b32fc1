using System.Net;

namespace ClusterLb.Core.Configuration;

public enum ListenerProtocol
{
    Http,
    Tcp,
}

/// <summary>What a listener does with the path of a request before anything matches it.</summary>
public enum PathForm
{
    /// <summary>
    /// Unreserved characters are decoded, hexadecimal digits upper-cased, dot segments removed; what climbs above the root is refused.
    /// </summary>
    Normalise,

    /// <summary>
    /// Besides, whatever two servers could read differently is refused: dot segments, <c>//</c>, <c>\</c>, and <c>/ \ .</c> and NUL when
    /// they are encoded.
    /// </summary>
    Strict,

    /// <summary>As received.</summary>
    Raw,
}

/// <summary>A bound address and what happens to what arrives there.</summary>
public sealed record ListenerConfig
{
    public required string Name { get; init; }

    public required IPEndPoint Bind { get; init; }

    public required ListenerProtocol Protocol { get; init; }

    /// <summary>The pool when no route matches; empty = 404 (HTTP only, and only with routes).</summary>
    public required string Pool { get; init; }

    /// <summary>HTTP only. The most specific match wins, order in the file breaks ties.</summary>
    public required EquatableList<RouteConfig> Routes { get; init; }

    /// <summary>Connections open at once on this listener on this node; more wait in the kernel's accept queue. Default 65,536.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Of one client (an IPv4 address, a /64 of IPv6) on this node; more are reset. 0 = unlimited, the default.</summary>
    public required int MaxConnectionsPerClient { get; init; }

    /// <summary>HTTP only. Default <see cref="PathForm.Normalise"/>.</summary>
    public required PathForm Path { get; init; }

    /// <summary>HTTP only: <c>//</c> in a path becomes <c>/</c>. Default false.</summary>
    public required bool MergeSlashes { get; init; }

    /// <summary>Protocols a client may upgrade to, e.g. <c>websocket</c>; lower case. Default none; <c>h2c</c> is never legal.</summary>
    public required EquatableList<string> Upgrades { get; init; }

    /// <summary>
    /// Whose <c>X-Forwarded-*</c>, <c>Forwarded</c> are believed and appended to; everybody else's are replaced. Default none.
    /// </summary>
    public required EquatableList<IPNetwork> TrustedProxies { get; init; }

    /// <summary>Also send RFC 7239 <c>Forwarded</c>. Default false.</summary>
    public required bool Forwarded { get; init; }

    /// <summary>Says in <c>Via</c> that requests came through here, by which loops are seen (HTTP only). Default true.</summary>
    public required bool Via { get; init; }

    public required ListenerTimeouts Timeouts { get; init; }

    public required HttpLimits Limits { get; init; }
}

/// <summary>Client-side timeouts of a listener; all finite.</summary>
public sealed record ListenerTimeouts
{
    /// <summary>From the first byte of a request head to its last; then 408. Default 10 s.</summary>
    public required TimeSpan RequestHead { get; init; }

    /// <summary>
    /// While the client is to send the next piece of a request body, or does not read its response; never the backend's time. Default 30 s.
    /// </summary>
    public required TimeSpan BodyIdle { get; init; }

    /// <summary>Between two requests of a connection. Default 60 s.</summary>
    public required TimeSpan KeepAlive { get; init; }
}

/// <summary>Bounds on what a client may send; past them 413, 414 or 431.</summary>
public sealed record HttpLimits
{
    /// <summary>Bytes of request line and headers together; 1 KiB to 64 KiB. Default 16 KiB. Past it 431.</summary>
    public required int HeadBytes { get; init; }

    /// <summary>Number of header lines, 1 to 1,000. Default 100. Past it 431.</summary>
    public required int HeaderCount { get; init; }

    /// <summary>Bytes of the request target. Default 8 KiB. Past it 414.</summary>
    public required int TargetBytes { get; init; }

    /// <summary>Bytes of a request body; 0 = unlimited, the default. Past it 413.</summary>
    public required long BodyBytes { get; init; }

    /// <summary>
    /// Bytes per second that a request body of declared length must come with on average, after 5 s of grace; 0 = any. Default 240. Below
    /// it 408. Chunked bodies may be streams with long pauses: only their idle time counts.
    /// </summary>
    public required long BodyRate { get; init; }
}

/// <summary>An HTTP match to a pool. Every condition given must hold; an empty string is no condition.</summary>
public sealed record RouteConfig
{
    /// <summary>
    /// What log and metrics call it: as the operator does, unique in its listener, or else by its conditions (<c>host=a.example.com</c>).
    /// </summary>
    public required string Name { get; init; }

    /// <summary>An exact host (<c>shop.example.com</c>) or a suffix (<c>*.example.com</c>), lower case, without port.</summary>
    public required string Host { get; init; }

    /// <summary>The exact path, query left out. At most one of <see cref="Path"/> and <see cref="PathPrefix"/>.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// A prefix of the path; <c>/api</c> matches <c>/api</c> and <c>/api/x</c>, not <c>/apix</c>; <c>/api/</c> matches what begins so.
    /// </summary>
    public required string PathPrefix { get; init; }

    /// <summary>Methods, any of which matches; case-sensitive, as RFC 9110 says. Empty = all.</summary>
    public required EquatableList<string> Methods { get; init; }

    /// <summary>A header that must be there; <see cref="HeaderValue"/> empty = with any value.</summary>
    public required string HeaderName { get; init; }

    public required string HeaderValue { get; init; }

    public required string CookieName { get; init; }

    public required string CookieValue { get; init; }

    public required string Pool { get; init; }
}
