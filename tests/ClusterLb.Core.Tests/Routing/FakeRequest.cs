using System.Text;
using ClusterLb.Core.Routing;

namespace ClusterLb.Core.Tests.Routing;

/// <summary>A request as the routes see it. A ref struct, since the real one is.</summary>
internal readonly ref struct FakeRequest(string host, string path, string method = "GET", (string Name, string Value)? header = null,
    (string Name, string Value)? cookie = null)
    : IRouteRequest
{
    private readonly ReadOnlySpan<byte> _host = Encoding.UTF8.GetBytes(host);
    private readonly ReadOnlySpan<byte> _path = Encoding.UTF8.GetBytes(path);
    private readonly ReadOnlySpan<byte> _method = Encoding.UTF8.GetBytes(method);

    public ReadOnlySpan<byte> Host => _host;

    public ReadOnlySpan<byte> Path => _path;

    public ReadOnlySpan<byte> Method => _method;

    public bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) =>
        TryGet(header, name, StringComparison.OrdinalIgnoreCase, out value);

    public bool TryGetCookie(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) =>
        TryGet(cookie, name, StringComparison.Ordinal, out value);

    private static bool TryGet((string Name, string Value)? pair, ReadOnlySpan<byte> name, StringComparison comparison,
        out ReadOnlySpan<byte> value)
    {
        var found = pair is { } sent && sent.Name.Equals(Encoding.UTF8.GetString(name), comparison);
        value = found ? Encoding.UTF8.GetBytes(pair!.Value.Value) : default;
        return found;
    }
}
