namespace ClusterLb.Node.Api;

/// <summary>All routes of a port, and which of them a path is.</summary>
internal sealed class RouteTable
{
    private static readonly Dictionary<string, string> s_nothing = [];

    private readonly List<RoutePath> _paths;

    /// <exception cref="ArgumentException">Two are the same, or have the same id.</exception>
    public RouteTable(IEnumerable<ApiRoute> routes)
    {
        Routes = [.. routes];
        var twice = Routes.GroupBy(route => route.Id).Concat(Routes.GroupBy(route => $"{route.Method} {route.Path}"))
            .FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new ArgumentException($"there are two routes {twice.Key}", nameof(routes));
        _paths = [.. Routes.GroupBy(route => route.Path).Select(group => new RoutePath(group.Key.Split('/'), [.. group]))];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    /// <summary>The routes of a path, one for each method, and what it has where their template has names; none = 404.</summary>
    public (IReadOnlyList<ApiRoute> Routes, IReadOnlyDictionary<string, string> InPath) Find(string path)
    {
        var segments = path.Split('/');
        return _paths.Find(one => one.Takes(segments)) is { } found ? (found.Routes, found.Read(segments)) : ([], s_nothing);
    }

    /// <summary>The names between braces.</summary>
    public static IEnumerable<string> NamesIn(string path) => path.Split('/').Where(IsName).Select(segment => segment[1..^1]);

    private static bool IsName(string segment) => segment.StartsWith('{');

    private sealed record RoutePath(string[] Template, IReadOnlyList<ApiRoute> Routes)
    {
        public bool Takes(string[] segments) => segments.Length == Template.Length
            && Template.Zip(segments).All(pair => IsName(pair.First) ? pair.Second.Length > 0 : pair.First == pair.Second);

        public Dictionary<string, string> Read(string[] segments) => Template.Zip(segments)
            .Where(pair => IsName(pair.First)).ToDictionary(pair => pair.First[1..^1], pair => pair.Second);
    }
}
