namespace ClusterLb.Core.Routing;

/// <summary>The routes of one host, found by path: exact first, then the longest prefix, then those that take any path.</summary>
internal sealed class PathRoutes
{
    private readonly ByteTable<Route[]> _exact;
    private readonly ByteTable<Route[]> _prefixes;
    private readonly Route[] _any;
    private readonly int _longestPrefix;

    public PathRoutes(IEnumerable<Route> routes)
    {
        var all = routes.ToList();
        _exact = Table(all.Where(route => route.Config.Path.Length > 0), route => route.Config.Path);
        _prefixes = Table(all.Where(route => route.Config.PathPrefix.Length > 0), route => route.Config.PathPrefix);
        _any = Sorted(all.Where(route => route.Config.Path.Length == 0 && route.Config.PathPrefix.Length == 0));
        _longestPrefix = all.Max(route => route.Config.PathPrefix.Length);
    }

    public Route? Match<TRequest>(in TRequest request) where TRequest : IRouteRequest, allows ref struct
    {
        var path = request.Path;
        if (First(_exact.Find(path), request) is { } exact) return exact;
        if (_prefixes.Count > 0 && MatchPrefix(path, request) is { } prefix) return prefix;
        return First(_any, request);
    }

    /// <summary>A prefix ends where the path does, at a slash, or just before one: only those lengths are looked up, the longest first.</summary>
    private Route? MatchPrefix<TRequest>(ReadOnlySpan<byte> path, in TRequest request) where TRequest : IRouteRequest, allows ref struct
    {
        for (var length = Math.Min(path.Length, _longestPrefix); length > 0; length--)
        {
            var endsHere = length == path.Length || path[length] == '/' || path[length - 1] == '/';
            if (endsHere && First(_prefixes.Find(path[..length]), request) is { } route) return route;
        }

        return null;
    }

    private static Route? First<TRequest>(Route[]? routes, in TRequest request) where TRequest : IRouteRequest, allows ref struct
    {
        foreach (var route in routes ?? [])
        {
            if (route.Holds(request)) return route;
        }

        return null;
    }

    private static ByteTable<Route[]> Table(IEnumerable<Route> routes, Func<Route, string> path) =>
        new([.. routes.GroupBy(path).Select(group => KeyValuePair.Create(group.Key, Sorted(group)))]);

    private static Route[] Sorted(IEnumerable<Route> routes) => [.. routes.OrderByDescending(route => route.Conditions).ThenBy(route => route.Order)];
}
