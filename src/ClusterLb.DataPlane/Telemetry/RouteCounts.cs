using ClusterLb.Core.Routing;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>The requests of one listener on one loop, by route. Written by the loop, read by anyone.</summary>
internal sealed class RouteCounts
{
    private RouteSeries? _series;

    // Replaced whole with the routes; who counts already goes on in the cell that it has.
    private volatile RouteCount[] _counts = [];

    /// <summary>Where requests of a route are counted. On the loop.</summary>
    /// <param name="series">Of the routes in force: what it does not have any more is forgotten, what it still has counts on.</param>
    public RouteCount Of(RouteSeries series, in MatchedRoute route)
    {
        if (!ReferenceEquals(series, _series)) Follow(series);
        return _counts[route.Series];
    }

    /// <summary>Adds each route's counts by class of status to the sums of a reader.</summary>
    public void AddTo(Dictionary<string, long[]> sums)
    {
        foreach (var count in _counts)
        {
            if (!sums.TryGetValue(count.Route, out var classes)) sums[count.Route] = classes = new long[RouteCount.Classes];
            count.AddTo(classes);
        }
    }

    private void Follow(RouteSeries series)
    {
        var before = _counts.ToDictionary(count => count.Route);
        _counts = [.. series.Labels.Select(label => before.GetValueOrDefault(label) ?? new RouteCount(label))];
        _series = series;
    }
}

/// <summary>The requests of one route on one loop, by class of status.</summary>
internal sealed class RouteCount(string route)
{
    /// <summary>1xx to 5xx; what is beyond counts as the last.</summary>
    public const int Classes = 5;

    private readonly long[] _classes = new long[Classes];

    public string Route => route;

    public void Add(int status) => _classes[Math.Clamp((status / 100) - 1, 0, Classes - 1)]++;

    public void AddTo(long[] classes)
    {
        for (var i = 0; i < Classes; i++) classes[i] += Volatile.Read(ref _classes[i]);
    }
}
