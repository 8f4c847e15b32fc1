using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Routing;

/// <summary>One route in the form it is matched in: its host and path are found by tables, the rest is checked here.</summary>
internal sealed class Route(RouteConfig config, int order, Pool pool)
{
    private readonly byte[][] _methods = [.. config.Methods.Select(Encoding.ASCII.GetBytes)];
    private readonly byte[] _headerName = Encoding.ASCII.GetBytes(config.HeaderName);
    private readonly byte[] _headerValue = Encoding.UTF8.GetBytes(config.HeaderValue);
    private readonly byte[] _cookieName = Encoding.ASCII.GetBytes(config.CookieName);
    private readonly byte[] _cookieValue = Encoding.UTF8.GetBytes(config.CookieValue);

    public RouteConfig Config { get; } = config;

    /// <summary>Position in the file.</summary>
    public int Order { get; } = order;

    public Pool Pool { get; } = pool;

    /// <summary>How many conditions there are besides host and path.</summary>
    public int Conditions { get; } = (config.Methods.Count > 0 ? 1 : 0) + (config.HeaderName.Length > 0 ? 1 : 0) + (config.CookieName.Length > 0 ? 1 : 0);

    public bool Holds<TRequest>(in TRequest request) where TRequest : IRouteRequest, allows ref struct =>
        HasMethod(request.Method) && HasHeader(request) && HasCookie(request);

    private bool HasMethod(ReadOnlySpan<byte> method)
    {
        if (_methods.Length == 0) return true;
        foreach (var wanted in _methods)
        {
            if (method.SequenceEqual(wanted)) return true;
        }

        return false;
    }

    private bool HasHeader<TRequest>(in TRequest request) where TRequest : IRouteRequest, allows ref struct
    {
        if (_headerName.Length == 0) return true;
        return request.TryGetHeader(_headerName, out var value) && (_headerValue.Length == 0 || value.SequenceEqual(_headerValue));
    }

    private bool HasCookie<TRequest>(in TRequest request) where TRequest : IRouteRequest, allows ref struct
    {
        if (_cookieName.Length == 0) return true;
        return request.TryGetCookie(_cookieName, out var value) && (_cookieValue.Length == 0 || value.SequenceEqual(_cookieValue));
    }
}
