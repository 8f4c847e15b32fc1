using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Routing;

/// <summary>One route, once host and path have matched: its other conditions, as bytes.</summary>
internal sealed class RouteRule(RouteConfig config, Pool pool, int series)
{
    private readonly byte[][] _methods = [.. config.Methods.Select(Encoding.UTF8.GetBytes)];
    private readonly byte[] _headerName = Encoding.UTF8.GetBytes(config.HeaderName);
    private readonly byte[] _headerValue = Encoding.UTF8.GetBytes(config.HeaderValue);
    private readonly byte[] _cookieName = Encoding.UTF8.GetBytes(config.CookieName);
    private readonly byte[] _cookieValue = Encoding.UTF8.GetBytes(config.CookieValue);

    public MatchedRoute Route { get; } = new(config.Name, series);

    public Pool Pool { get; } = pool;

    /// <summary>How many of method, header and cookie it asks for: the more, the more specific.</summary>
    public int Conditions => Math.Min(_methods.Length, 1) + Math.Min(_headerName.Length, 1) + Math.Min(_cookieName.Length, 1);

    public bool Holds<TRequest>(in TRequest request)
        where TRequest : IRouteRequest, allows ref struct =>
        HasMethod(in request) && HasHeader(in request) && HasCookie(in request);

    private bool HasMethod<TRequest>(in TRequest request)
        where TRequest : IRouteRequest, allows ref struct
    {
        if (_methods.Length == 0) return true;
        var sent = request.Method;
        foreach (var method in _methods)
        {
            if (sent.SequenceEqual(method)) return true;
        }

        return false;
    }

    private bool HasHeader<TRequest>(in TRequest request)
        where TRequest : IRouteRequest, allows ref struct =>
        _headerName.Length == 0 || (request.TryGetHeader(_headerName, out var sent) && IsWanted(sent, _headerValue));

    private bool HasCookie<TRequest>(in TRequest request)
        where TRequest : IRouteRequest, allows ref struct =>
        _cookieName.Length == 0 || (request.TryGetCookie(_cookieName, out var sent) && IsWanted(sent, _cookieValue));

    private static bool IsWanted(ReadOnlySpan<byte> sent, byte[] wanted) => wanted.Length == 0 || sent.SequenceEqual(wanted);
}
