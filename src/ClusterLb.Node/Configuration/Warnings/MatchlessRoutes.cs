namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Routes that no request can match, whatever other routes there are.</summary>
internal static class MatchlessRoutes
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        foreach (var listener in of.Config.Listeners)
        {
            for (var i = 0; i < listener.Routes.Count; i++)
            {
                var route = listener.Routes[i];
                if (route.Path == "*" && route.Methods.Count > 0 && !route.Methods.Contains("OPTIONS"))
                {
                    yield return of.Warn(RouteKeys.Of(listener, i, "method"),
                        "must have OPTIONS, the only method that comes with the path *");
                }

                if (route.Methods.Count > 0 && route.Methods.All(method => method is "CONNECT" or "TRACE"))
                {
                    yield return of.Warn(RouteKeys.Of(listener, i, "method"),
                        "has only methods that are refused everywhere; it must have another");
                }

                if (Math.Max(route.Path.Length, route.PathPrefix.Length) > listener.Limits.TargetBytes)
                {
                    yield return of.Warn(RouteKeys.Of(listener, i, route.Path.Length > 0 ? "path" : "path-prefix"),
                        "is longer than limits.target of its listener, so no request has it; it must be shorter, or limits.target more");
                }
            }
        }
    }
}
