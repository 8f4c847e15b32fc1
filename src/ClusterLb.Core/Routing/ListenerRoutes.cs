using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Routing;

/// <summary>
/// A listener's routes, ready to match: the most specific wins (host exact, then the longest suffix, then any; within a host the path
/// exact, then the longest prefix, then any; then the most conditions), the order in the file breaks ties. Immutable; allocates nothing.
/// </summary>
public sealed class ListenerRoutes
{
    private const int MaxHostLength = 255;

    private readonly ByteTable<PathRoutes> _hosts;
    private readonly ByteTable<PathRoutes> _suffixes;
    private readonly PathRoutes? _anyHost;
    private readonly bool _hasRoutes;

    /// <param name="config">Names in it were resolved when it was read.</param>
    /// <param name="pools">By name.</param>
    public ListenerRoutes(ListenerConfig config, IReadOnlyDictionary<string, Pool> pools)
    {
        Default = config.Pool.Length > 0 ? pools[config.Pool] : null;
        var routes = config.Routes.Select((route, order) => new Route(route, order, pools[route.Pool])).ToList();
        _hasRoutes = routes.Count > 0;
        var isSuffix = (Route route) => route.Config.Host.StartsWith("*.", StringComparison.Ordinal);
        _hosts = Table(routes.Where(route => route.Config.Host.Length > 0 && !isSuffix(route)), route => route.Config.Host);
        _suffixes = Table(routes.Where(isSuffix), route => route.Config.Host[2..]);
        var anyHost = routes.Where(route => route.Config.Host.Length == 0).ToList();
        _anyHost = anyHost.Count > 0 ? new PathRoutes(anyHost) : null;
    }

    /// <summary>Where everything goes that no route takes; null = nowhere.</summary>
    public Pool? Default { get; }

    /// <param name="request">The request.</param>
    /// <param name="route">The route's name, <c>default</c>, or empty when nothing matched.</param>
    public Pool? Match<TRequest>(in TRequest request, out string route) where TRequest : IRouteRequest, allows ref struct
    {
        if (_hasRoutes && Find(request) is { } found)
        {
            route = found.Config.Name;
            return found.Pool;
        }

        route = Default is null ? "" : "default";
        return Default;
    }

    private Route? Find<TRequest>(in TRequest request) where TRequest : IRouteRequest, allows ref struct
    {
        if (_hosts.Count + _suffixes.Count > 0)
        {
            Span<byte> lowered = stackalloc byte[MaxHostLength];
            if (Normalize(request.Host, lowered, out var length) && MatchHost(lowered[..length], request) is { } route) return route;
        }

        return _anyHost?.Match(request);
    }

    private Route? MatchHost<TRequest>(ReadOnlySpan<byte> host, in TRequest request) where TRequest : IRouteRequest, allows ref struct
    {
        if (_hosts.Find(host)?.Match(request) is { } exact) return exact;
        if (_suffixes.Count == 0) return null;
        for (var dot = host.IndexOf((byte)'.'); dot >= 0; dot = host.IndexOf((byte)'.'))
        {
            host = host[(dot + 1)..];
            if (_suffixes.Find(host)?.Match(request) is { } route) return route;
        }

        return null;
    }

    private static bool Normalize(ReadOnlySpan<byte> host, Span<byte> lowered, out int length)
    {
        if (host.Length > 0 && host[^1] == '.') host = host[..^1];
        return System.Text.Ascii.ToLower(host, lowered, out length) == System.Buffers.OperationStatus.Done;
    }

    private static ByteTable<PathRoutes> Table(IEnumerable<Route> routes, Func<Route, string> host) =>
        new([.. routes.GroupBy(host).Select(group => KeyValuePair.Create(group.Key, new PathRoutes(group)))]);
}
