using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>
/// Cookies that do not come back, because the domain or the path is not that of a route to the pool (RFC 6265, sections 5.1.3 and
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
            if (domain.Length > 0
                && ways.FirstOrDefault(route => route is { Host.Length: > 0 } && !IsBelow(route.Host, domain)) is { } apart)
            {
                yield return of.Warn(ConfigurationKey.Of("pools", pool.Name, "sticky", "cookie", "domain"),
                    $"\"{cookie.Domain}\" is not the domain of {apart.Host}, a host whose route uses this pool, so browsers drop the "
                    + "cookie there; it must be one that all such hosts end with");
            }

            if (ways.Select(PathOf).FirstOrDefault(path => !Covers(cookie.Path, path)) is { } bare)
            {
                yield return of.Warn(ConfigurationKey.Of("pools", pool.Name, "sticky", "cookie", "path"),
                    $"\"{cookie.Path}\" does not cover \"{bare}\", whose requests come to this pool: the cookie does not come back "
                    + "with them, and each begins a session; it must be / or a path that all of them begin with");
            }
        }
    }

    private static bool IsBelow(string host, string domain) =>
        host == domain || host.EndsWith($".{domain}", StringComparison.Ordinal);

    private static string PathOf(RouteConfig? route) => route switch
    {
        { Path.Length: > 0 } => route.Path,
        { PathPrefix.Length: > 0 } => route.PathPrefix,
        _ => "/",
    };

    /// <summary>The slash at a cookie's end is let pass: what it leaves out is the one path without it.</summary>
    private static bool Covers(string cookie, string route) =>
        cookie == "/" || $"{route}/".StartsWith($"{cookie.TrimEnd('/')}/", StringComparison.Ordinal);
}
