using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Routing;

/// <summary>
/// What metrics call a route: what it matches, e.g. <c>GET shop.example.com/api/*</c>. A place in the file would be another route's as soon
/// as one is added before it.
/// </summary>
internal static class RouteText
{
    public static string Of(RouteConfig route)
    {
        var methods = route.Methods.Count == 0 ? "" : string.Join(',', route.Methods) + " ";
        var host = route.Host.Length == 0 ? "*" : route.Host;
        var path = route.Path.Length > 0 ? route.Path : route.PathPrefix.TrimEnd('/') + "/*";
        return $"{methods}{host}{path}{Condition("header", route.HeaderName, route.HeaderValue)}"
            + Condition("cookie", route.CookieName, route.CookieValue);
    }

    private static string Condition(string kind, string name, string value) =>
        name.Length == 0 ? "" : value.Length == 0 ? $" {kind} {name}" : $" {kind} {name}={value}";
}
