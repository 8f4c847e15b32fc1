using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>
/// What log and metrics call a route that its operator did not name: its conditions, so that the name stays when others come or go.
/// </summary>
internal static class RouteNames
{
    /// <summary>Of a route without conditions.</summary>
    public const string Any = "any";

    /// <param name="route">Its name does not count.</param>
    /// <returns>Such as <c>host=shop.example.com,path-prefix=/api,method=GET+HEAD</c>.</returns>
    public static string Describe(RouteConfig route)
    {
        (string Key, string Value)[] conditions =
        [
            ("host", route.Host),
            ("path", route.Path),
            ("path-prefix", route.PathPrefix),
            ("method", string.Join('+', route.Methods)),
            ("header", Pair(route.HeaderName, ':', route.HeaderValue)),
            ("cookie", Pair(route.CookieName, '=', route.CookieValue)),
        ];
        var said = conditions.Where(one => one.Value.Length > 0).Select(one => $"{one.Key}={one.Value}").ToList();
        return said.Count == 0 ? Any : string.Join(',', said);
    }

    /// <summary>What is wrong with a name that an operator gave; null = nothing.</summary>
    /// <param name="earlier">Those of the routes before it.</param>
    public static string? ProblemOf(string name, IEnumerable<string> earlier) =>
        name is "default" or "none" or "other" ? $"is \"{name}\", a word of log and metrics for requests without a route of their own; "
            + "use another name"
        : earlier.Contains(name) ? $"\"{name}\" is the name of an earlier route; give each its own"
        : null;

    private static string Pair(string name, char separator, string value) => value.Length == 0 ? name : $"{name}{separator}{value}";
}
