using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Http.Wire;

namespace ClusterLb.DataPlane.Http;

/// <summary>A request head as routes see it: the same bytes that go upstream.</summary>
internal readonly ref struct RouteRequest(RequestHead head, ReadOnlySpan<byte> source) : IRouteRequest
{
    private readonly ReadOnlySpan<byte> _source = source;

    public ReadOnlySpan<byte> Host => head.HostOf(_source);

    public ReadOnlySpan<byte> Path => head.PathOf(_source);

    public ReadOnlySpan<byte> Method => head.MethodText.Of(_source);

    public bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => head.Headers.TryGet(_source, name, out value);

    public bool TryGetCookie(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => head.Headers.TryGetCookie(_source, name, out value);
}
