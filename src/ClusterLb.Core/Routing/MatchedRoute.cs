namespace ClusterLb.Core.Routing;

/// <summary>Which route a request took.</summary>
/// <param name="Name">The route's name; <c>default</c> when none matched; empty when there is no pool.</param>
/// <param name="Series">Its place in <see cref="ListenerRoutes.Series"/>.</param>
public readonly record struct MatchedRoute(string Name, int Series)
{
    /// <summary>No route, and no pool for what none matches.</summary>
    public static MatchedRoute None => new("", RouteSeries.None);

    /// <summary>The listener's own pool.</summary>
    public static MatchedRoute Default => new("default", RouteSeries.Default);
}
