using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>How a response goes to its client, which need not be how it came from the backend.</summary>
/// <param name="Body">How the body is really sent. Never <see cref="BodyKind.Chunked"/> to HTTP/1.0.</param>
/// <param name="Close">The connection ends after this response.</param>
/// <param name="ToHttp10">The client speaks HTTP/1.0: a kept connection must be announced.</param>
/// <param name="PassTrailers">The client said <c>TE: trailers</c>.</param>
/// <param name="Upgrade">Of the 101 that begins a tunnel: the protocol agreed on, as we spell it. Else empty.</param>
/// <param name="SetCookie">A whole line of ours with its CRLF, or empty.</param>
/// <param name="IsPrivate">The backend's word on caching is replaced by ours: it is for this client alone.</param>
internal readonly record struct ResponseForm(
    BodyFraming Body,
    bool Close,
    bool ToHttp10,
    bool PassTrailers = false,
    ReadOnlyMemory<byte> Upgrade = default,
    ReadOnlyMemory<byte> SetCookie = default,
    bool IsPrivate = false);
