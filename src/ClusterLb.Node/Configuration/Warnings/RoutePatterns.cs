using System.Buffers;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Patterns of other proxies, which are taken as they stand here.</summary>
internal static class RoutePatterns
{
    private static readonly SearchValues<char> s_signs = SearchValues.Create("*{");

    public static IEnumerable<ConfigurationProblem> Look(Examined of) =>
        from listener in of.Config.Listeners
        from i in Enumerable.Range(0, listener.Routes.Count)
        from problem in LookAt(listener.Routes[i])
        select of.Warn(RouteKeys.Of(listener, i, problem.Key), problem.Message);

    private static IEnumerable<(string Key, string Message)> LookAt(RouteConfig route)
    {
        var (key, path) = route.Path.Length > 0 ? ("path", route.Path) : ("path-prefix", route.PathPrefix);
        if (path != "*" && path.AsSpan().IndexOfAny(s_signs) is >= 0 and var at)
        {
            yield return (key, $"\"{path}\" is taken as it stands, for a path here is no pattern; it must be path-prefix = "
                + $"{path[..(path.LastIndexOf('/', at) + 1)]} for all below it, or one path");
        }

        if (route.HeaderValue == "*")
            yield return ("header", $"takes the value * alone; for any value it must be {route.HeaderName}, without a colon");
        if (route.CookieValue == "*")
            yield return ("cookie", $"takes the value * alone; for any value it must be {route.CookieName}, without =");
        if (route.Methods.Contains("*"))
            yield return ("method", "has the method *, which no client sends; for all methods it must be left out");
    }
}
