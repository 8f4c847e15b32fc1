using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Requests;

/// <summary>A request as routes and policies see it: the same bytes that go upstream.</summary>
/// <param name="defaultAuthority">What an HTTP/1.0 request that names no host is for.</param>
internal readonly ref struct RouteRequest(Request request, ReadOnlySpan<byte> defaultAuthority) : IRouteRequest
{
    private readonly ReadOnlySpan<byte> _defaultAuthority = defaultAuthority;

    public ReadOnlySpan<byte> Host => request.Authority.IsMissing ? _defaultAuthority : request.Host;

    public ReadOnlySpan<byte> Path => request.Path;

    public ReadOnlySpan<byte> Method => request.MethodText;

    public bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => request.Headers.TryGet(name, out value);

    public bool TryGetCookie(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => request.Headers.TryGetCookie(name, out value);

    /// <summary>What a pool's policy hashes by; the default where it does not hash, or the request lacks it.</summary>
    public HashKey KeyFor(LoopPool pool, PeerAddress client) => pool.KeyKind switch
    {
        HashKeyKind.SourceIp => HashKeys.OfSource(client),
        HashKeyKind.Path => HashKeys.Of(Path),
        HashKeyKind.Header when TryGetHeader(pool.KeyName, out var value) => HashKeys.Of(value),
        HashKeyKind.Cookie when TryGetCookie(pool.KeyName, out var value) => HashKeys.Of(value),
        _ => default,
    };
}
