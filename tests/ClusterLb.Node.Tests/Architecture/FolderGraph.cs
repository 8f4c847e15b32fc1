using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace ClusterLb.Node.Tests.Architecture;

/// <summary>Which folder of a project needs which, and by which types.</summary>
internal sealed class FolderGraph
{
    private readonly Dictionary<(string From, string To), SortedSet<string>> _edges = [];

    private FolderGraph()
    {
    }

    /// <summary>Groups of folders each of which needs, over some way, every other.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Circles { get; private set; } = [];

    public static FolderGraph Of(System.Reflection.Assembly assembly)
    {
        var graph = new FolderGraph();
        var own = assembly.GetName().Name!;
        foreach (var type in new ArchLoader().LoadAssemblies(assembly).Build().Types.Where(type => IsIn(type, own)))
        {
            foreach (var dependency in type.Dependencies.Where(dependency => IsIn(dependency.Target, own)))
            {
                var edge = (type.Namespace.FullName, dependency.Target.Namespace.FullName);
                if (edge.Item1 == edge.Item2) continue;
                if (!graph._edges.TryGetValue(edge, out var examples))
                    graph._edges[edge] = examples = new SortedSet<string>(StringComparer.Ordinal);
                examples.Add($"{type.Name} -> {dependency.Target.Name}");
            }
        }

        graph.Circles = graph.FindCircles();
        return graph;
    }

    public string Tell(IReadOnlyList<string> circle) => string.Join('\n', _edges
        .Where(edge => circle.Contains(edge.Key.From) && circle.Contains(edge.Key.To))
        .OrderBy(edge => edge.Value.Count)
        .Select(edge => $"  {edge.Key.From} -> {edge.Key.To} ({edge.Value.Count}): {string.Join(", ", edge.Value.Take(4))}"));

    /// <summary>What the compiler makes has no namespace.</summary>
    private static bool IsIn(IType type, string project) =>
        type.Namespace is { } folder && (folder.FullName == project || folder.FullName.StartsWith($"{project}.", StringComparison.Ordinal));

    private List<IReadOnlyList<string>> FindCircles()
    {
        var folders = _edges.Keys.SelectMany(edge => new[] { edge.From, edge.To }).Distinct().ToList();
        var reach = folders.ToDictionary(folder => folder, Reach);
        return [.. folders.Where(folder => reach[folder].Contains(folder))
            .Select(folder => folders.Where(other => reach[folder].Contains(other) && reach[other].Contains(folder))
                .Order(StringComparer.Ordinal).ToList())
            .DistinctBy(circle => circle[0])];
    }

    private HashSet<string> Reach(string from)
    {
        var (reached, open) = (new HashSet<string>(), new Queue<string>([from]));
        while (open.TryDequeue(out var folder))
        {
            foreach (var (_, to) in _edges.Keys.Where(edge => edge.From == folder))
            {
                if (reached.Add(to)) open.Enqueue(to);
            }
        }

        return reached;
    }
}
