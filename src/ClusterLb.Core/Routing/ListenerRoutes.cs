using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Routing;

/// <summary>
/// Where the requests of one listener go. The most specific route wins: exact host, longer suffix, shorter suffix, any host; then exact path,
/// longer prefix, shorter prefix, any path; then the number of method, header and cookie conditions; then the order of the file.
/// Immutable; a match allocates nothing and costs one pass over host and path however many routes there are.
/// </summary>
public sealed class ListenerRoutes
{
    private readonly HostRoutes _hosts;

    /// <param name="config">Names in it were resolved when it was read.</param>
    /// <param name="poolNamed">The pool of a name that the configuration holds.</param>
    public ListenerRoutes(ListenerConfig config, Func<string, Pool> poolNamed)
    {
        Config = config;
        DefaultPool = config.Pool.Length == 0 ? null : poolNamed(config.Pool);
        RouteRule RuleOf(RouteConfig route) => new(route, poolNamed(route.Pool));
        _hosts = new HostRoutes(config.Routes.GroupBy(route => route.Host).ToDictionary(group => group.Key, group => new PathRoutes(group, RuleOf)));
    }

    public ListenerConfig Config { get; }

    /// <summary>Where work goes that no route matches; null = nowhere: 404. All of a TCP listener's.</summary>
    public Pool? DefaultPool { get; }

    /// <summary>The pool of the most specific route that matches, else <see cref="DefaultPool"/>.</summary>
    /// <param name="request">Read, never kept.</param>
    /// <param name="routeName">The route's name; empty when none matched.</param>
    public Pool? Match<TRequest>(in TRequest request, out string routeName)
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
                    routeName = rule.Name;
                    return rule.Pool;
                }
            }
        }

        routeName = "";
        return DefaultPool;
    }
}
