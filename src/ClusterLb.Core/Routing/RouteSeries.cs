using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Routing;

/// <summary>
/// The routes of one listener as metrics tell them apart: at most <see cref="Most"/>, in the order of the file; the rest are one. Routes
/// that are called the same are one, too. Immutable.
/// </summary>
public sealed class RouteSeries
{
    /// <summary>Each is a handful of series in whatever stores them.</summary>
    public const int Most = 100;

    /// <summary>Where requests are counted that no route took.</summary>
    internal const int None = 0;

    /// <summary>Where requests are counted that went to the listener's own pool.</summary>
    internal const int Default = 1;

    private const string Rest = "other";

    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <param name="routes">In the order of the file.</param>
    public RouteSeries(IEnumerable<RouteConfig> routes)
    {
        string[] all = ["none", "default", .. routes.Select(route => route.Name)];
        Labels = [.. all.Distinct(StringComparer.Ordinal).Take(Default + 1 + Most).Append(Rest).Distinct(StringComparer.Ordinal)];
        for (var i = 0; i < Labels.Count; i++) _places[Labels[i]] = i;
    }

    /// <summary>Each once.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The place of a route's label in <see cref="Labels"/>.</summary>
    public int Of(RouteConfig route) => _places.TryGetValue(route.Name, out var place) ? place : _places[Rest];
}
