using System.Text;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Routing;

/// <summary>
/// The routes of one path or prefix, the most conditions first, with a link to the next less specific path that matches whenever this one
/// does.
/// </summary>
internal sealed class PathNode(RouteRule[] rules, PathNode? next)
{
    public RouteRule[] Rules { get; } = rules;

    public PathNode? Next { get; } = next;
}

/// <summary>
/// The paths of one host. A look-up hashes the path once from left to right, asks at the end of every segment, and keeps the longest
/// hit; the rest are links made when the table was built.
/// </summary>
internal sealed class PathRoutes
{
    private readonly ByteTable<PathNode> _exact;
    private readonly ByteTable<PathNode> _prefixes;
    private readonly PathNode? _any;

    /// <param name="routes">Of one host, in the order of the file.</param>
    /// <param name="ruleOf">Makes a route's rule.</param>
    public PathRoutes(IEnumerable<RouteConfig> routes, Func<RouteConfig, RouteRule> ruleOf)
    {
        var all = routes.ToLookup(route => (Exact: route.Path.Length > 0, Key: route.Path.Length > 0 ? route.Path : route.PathPrefix));
        if (all.Contains((false, ""))) _any = new PathNode(Rules(all[(false, "")], ruleOf), next: null);

        // Shorter prefixes first, so that the table so far gives each the one to fall back on.
        var prefixes = new Dictionary<string, PathNode>();
        foreach (var group in all.Where(group => !group.Key.Exact && group.Key.Key.Length > 0).OrderBy(group => group.Key.Key.Length))
        {
            prefixes[group.Key.Key] = new PathNode(Rules(group, ruleOf), LongestPrefixOf(group.Key.Key, prefixes) ?? _any);
        }

        var exact = all.Where(group => group.Key.Exact)
            .ToDictionary(group => group.Key.Key,
                group => new PathNode(Rules(group, ruleOf), LongestPrefixOf(group.Key.Key, prefixes) ?? _any));
        _prefixes = TableOf(prefixes);
        _exact = TableOf(exact);
    }

    /// <summary>The most specific path that matches; follow <see cref="PathNode.Next"/> for the others.</summary>
    public PathNode? Find(ReadOnlySpan<byte> path)
    {
        if (path.Length <= _exact.LongestKey && _exact.TryFind(ByteHash.Forward(path), path, out var node)) return node;
        return LongestPrefix(path) ?? _any;
    }

    private PathNode? LongestPrefix(ReadOnlySpan<byte> path)
    {
        PathNode? longest = null;
        var hash = ByteHash.Start;
        var end = Math.Min(path.Length, _prefixes.LongestKey);
        for (var i = 0; i < end; i++)
        {
            // "/api" holds before a slash, "/api/" after it.
            if (path[i] == '/' && _prefixes.TryFind(hash, path[..i], out var before)) longest = before;
            hash = ByteHash.Add(hash, path[i]);
            if (path[i] == '/' && _prefixes.TryFind(hash, path[..(i + 1)], out var after)) longest = after;
        }

        var endsSegment = end == path.Length || path[end] == '/';
        return endsSegment && _prefixes.TryFind(hash, path[..end], out var whole) ? whole : longest;
    }

    private static PathNode? LongestPrefixOf(string path, Dictionary<string, PathNode> prefixes)
    {
        for (var length = path.Length; length > 0; length--)
        {
            var endsSegment = length == path.Length || path[length] == '/' || path[length - 1] == '/';
            if (endsSegment && prefixes.TryGetValue(path[..length], out var node)) return node;
        }

        return null;
    }

    private static RouteRule[] Rules(IEnumerable<RouteConfig> routes, Func<RouteConfig, RouteRule> ruleOf) =>
        [.. routes.Select(ruleOf).OrderByDescending(rule => rule.Conditions)];

    private static ByteTable<PathNode> TableOf(Dictionary<string, PathNode> nodes) =>
        new([.. nodes.Select(node => KeyValuePair.Create(Encoding.UTF8.GetBytes(node.Key), node.Value))], key => ByteHash.Forward(key));
}
