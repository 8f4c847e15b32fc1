using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Routing;

/// <summary>
/// Where the requests of one listener go. The most specific route wins: exact host, longer suffix, shorter suffix, any host; then exact
/// path, longer prefix, shorter prefix, any path; then the number of method, header and cookie conditions; then the order of the file.
/// Immutable; a match allocates nothing and costs one pass over host and path however many routes there are.
/// </summary>
public sealed class ListenerRoutes
{
    private readonly HostRoutes _hosts;

    /// <param name="config">Names in it were resolved when it was read.</param>
    /// <param name="pools">By name.</param>
    public ListenerRoutes(ListenerConfig config, IReadOnlyDictionary<string, Pool> pools)
    {
        Default = config.Pool.Length == 0 ? null : pools[config.Pool];
        Series = new RouteSeries(config.Routes);
        RouteRule RuleOf(RouteConfig route) => new(route, pools[route.Pool], Series.Of(route));
        var names = config.Routes.Select(route => route.Pool).Append(config.Pool).Where(name => name.Length > 0).Distinct();
        Deciding = DecidingNames.Of(config.Routes, [.. names.Select(name => pools[name])]);
        _hosts = new HostRoutes(config.Routes.GroupBy(route => route.Host)
            .ToDictionary(group => group.Key, group => new PathRoutes(group, RuleOf)));
    }

    /// <summary>Where work goes that no route matches; null = nowhere: 404. All of a TCP listener's.</summary>
    public Pool? Default { get; }

    /// <summary>What a request may have once only.</summary>
    public DecidingNames Deciding { get; }

    /// <summary>How metrics tell them apart.</summary>
    public RouteSeries Series { get; }

    /// <summary>The pool of the most specific route that matches, else <see cref="Default"/>.</summary>
    /// <param name="request">Read, never kept.</param>
    public Pool? Match<TRequest>(in TRequest request, out MatchedRoute route)
        where TRequest : IRouteRequest, allows ref struct
    {
        var path = request.Path;
        for (var host = _hosts.Find(request.Host); host is not null; host = host.Next)
        {
            for (var node = host.Paths.Find(path); node is not null; node = node.Next)
            {
                foreach (var rule in node.Rules)
                {
                    if (!rule.Holds(in request)) continue;
                    route = rule.Route;
                    return rule.Pool;
                }
            }
        }

        route = Default is null ? MatchedRoute.None : MatchedRoute.Default;
        return Default;
    }
}
