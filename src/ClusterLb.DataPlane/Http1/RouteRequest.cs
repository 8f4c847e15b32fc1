using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Http1.Wire;

namespace ClusterLb.DataPlane.Http1;

/// <summary>A request head as routes see it: the same bytes that go upstream.</summary>
/// <param name="head">Complete.</param>
/// <param name="source">The buffer it was parsed from.</param>
/// <param name="defaultAuthority">What an HTTP/1.0 request that names no host is for.</param>
internal readonly ref struct RouteRequest(RequestHead head, ReadOnlySpan<byte> source, ReadOnlySpan<byte> defaultAuthority) : IRouteRequest
{
    private readonly ReadOnlySpan<byte> _source = source;
    private readonly ReadOnlySpan<byte> _defaultAuthority = defaultAuthority;

    public ReadOnlySpan<byte> Host => head.Authority.IsMissing ? _defaultAuthority : head.Authority.Host.Of(_source);

    public ReadOnlySpan<byte> Path => head.PathOf(_source);

    public ReadOnlySpan<byte> Method => head.MethodText.Of(_source);

    public bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => head.Headers.TryGet(_source, name, out value);

    public bool TryGetCookie(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => head.Headers.TryGetCookie(_source, name, out value);
}
