using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>
/// Cookies that never come back, because the domain or the path is not that of the pool's routes (RFC 6265, sections 5.1.3 and
/// 5.1.4).
/// </summary>
internal static class CookieScopes
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        foreach (var pool in of.Config.Pools.Where(pool => pool.Sticky.By == StickyBy.Cookie))
        {
            var (cookie, ways) = (pool.Sticky.Cookie, of.WaysTo(pool).Select(way => way.Route).ToList());
            var domain = cookie.Domain.Trim('.').ToLowerInvariant();
            if (domain.Length > 0 && ways.Count > 0 && ways.All(route => route is { Host.Length: > 0 } && !IsBelow(route.Host, domain)))
            {
                yield return of.Warn(ConfigurationKey.Of("pools", pool.Name, "sticky", "cookie", "domain"),
                    $"\"{cookie.Domain}\" is of none of the hosts whose routes use this pool ({ways[0]!.Host}), so browsers drop the "
                    + "cookie; it must be one that they end with");
            }

            if (ways.Count > 0 && ways.All(route => route is not null && !MayShare(PathOf(route), cookie.Path)))
            {
                yield return of.Warn(ConfigurationKey.Of("pools", pool.Name, "sticky", "cookie", "path"),
                    $"\"{cookie.Path}\" is in none of the routes that use this pool ({PathOf(ways[0]!)}), so the cookie never comes "
                    + "back; it must be a path that they begin with");
            }
        }
    }

    private static bool IsBelow(string host, string domain) =>
        host == domain || host.EndsWith($".{domain}", StringComparison.Ordinal);

    private static string PathOf(RouteConfig route) => route switch
    {
        { Path.Length: > 0 } => route.Path,
        { PathPrefix.Length: > 0 } => route.PathPrefix,
        _ => "/",
    };

    private static bool MayShare(string route, string cookie) =>
        route.StartsWith(cookie, StringComparison.Ordinal) || cookie.StartsWith(route, StringComparison.Ordinal);
}
