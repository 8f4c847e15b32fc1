using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>A request that has what a route asks for, and in all else what no configuration has.</summary>
internal readonly struct PlainRequest(string host, string path, string method, RouteConfig? route) : IRouteRequest
{
    private const string Unusual = "clusterlb-check";

    private readonly byte[] _host = Encoding.ASCII.GetBytes(host);
    private readonly byte[] _path = Encoding.ASCII.GetBytes(path);
    private readonly byte[] _method = Encoding.ASCII.GetBytes(method);
    private readonly byte[] _headerName = Encoding.UTF8.GetBytes(route?.HeaderName ?? "");
    private readonly byte[] _headerValue = Encoding.UTF8.GetBytes(route is { HeaderValue.Length: > 0 } ? route.HeaderValue : Unusual);
    private readonly byte[] _cookieName = Encoding.UTF8.GetBytes(route?.CookieName ?? "");
    private readonly byte[] _cookieValue = Encoding.UTF8.GetBytes(route is { CookieValue.Length: > 0 } ? route.CookieValue : Unusual);

    /// <summary>Only a route without conditions takes it.</summary>
    public static PlainRequest OfNobody => new(Unusual, $"/{Unusual}", Unusual, null);

    public ReadOnlySpan<byte> Host => _host;

    public ReadOnlySpan<byte> Path => _path;

    public ReadOnlySpan<byte> Method => _method;

    /// <summary>All of them together are whatever a route can be for.</summary>
    public static IEnumerable<PlainRequest> OfRoute(RouteConfig route) =>
        from path in PathsOf(route)
        from method in route.Methods.Count > 0 ? route.Methods.Distinct() : [Unusual]
        select new PlainRequest(HostOf(route), path, method, route);

    public bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = _headerValue;
        return _headerName.Length > 0 && Ascii.EqualsIgnoreCase(name, _headerName);
    }

    public bool TryGetCookie(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = _cookieValue;
        return _cookieName.Length > 0 && name.SequenceEqual(_cookieName);
    }

    private static string HostOf(RouteConfig route) => route.Host switch
    {
        "" => Unusual,
        ['*', .. var suffix] => Unusual + suffix,
        var host => host,
    };

    private static string[] PathsOf(RouteConfig route) => route switch
    {
        { Path.Length: > 0 } => [route.Path],
        // A prefix with a slash at its end, and that path itself; without one, what is below it, too.
        { PathPrefix: [.., '/'] prefix } => [prefix, prefix + Unusual],
        { PathPrefix: { Length: > 0 } prefix } => [prefix, $"{prefix}/{Unusual}"],
        _ => route.Methods.Contains("OPTIONS") ? [$"/{Unusual}", "*"] : [$"/{Unusual}"],
    };
}
