using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Tests.Routing;

/// <summary>
/// The route rules as a person would say them: try every route, keep the most specific. The value of header x and cookie c is the same
/// here.
/// </summary>
internal static class NaiveMatcher
{
    public static string Match(IEnumerable<RouteConfig> routes, string host, string path, string method, string value)
    {
        var name = host.Split(':')[0].TrimEnd('.').ToLowerInvariant();
        return routes.Where(route => HostHolds(route.Host, name) && PathHolds(route, path) && OthersHold(route, method, value))
            .OrderByDescending(route => route.Host.Length == 0 ? 0 : route.Host[0] == '*' ? route.Host.Length : 1_000)
            .ThenByDescending(route => route.Path.Length > 0 ? 1_000 : route.PathPrefix.Length)
            .ThenByDescending(route => Math.Min(route.Methods.Count, 1) + route.HeaderName.Length + route.CookieName.Length)
            .FirstOrDefault()?.Name ?? "";
    }

    private static bool HostHolds(string wanted, string name) =>
        wanted.Length == 0 || wanted == name
            || (wanted[0] == '*' && name.Length >= wanted.Length && name.EndsWith(wanted[1..], StringComparison.Ordinal));

    private static bool PathHolds(RouteConfig route, string path)
    {
        if (route.Path.Length > 0) return route.Path == path;
        var prefix = route.PathPrefix;
        if (!path.StartsWith(prefix, StringComparison.Ordinal)) return false;
        return prefix.Length == 0 || prefix[^1] == '/' || path.Length == prefix.Length || path[prefix.Length] == '/';
    }

    private static bool OthersHold(RouteConfig route, string method, string value) =>
        (route.Methods.Count == 0 || route.Methods.Contains(method))
        && (route.HeaderName.Length == 0 || (value.Length > 0 && (route.HeaderValue.Length == 0 || route.HeaderValue == value)))
        && (route.CookieName.Length == 0 || (value.Length > 0 && (route.CookieValue.Length == 0 || route.CookieValue == value)));
}
