using System.Reflection;
using ClusterLb.Faults.Backends;

namespace ClusterLb.Node.Tests.Architecture;

/// <summary>Folders are rooms whose doors open one way, drawn from the types that are in them.</summary>
public class FolderTests
{
    private static readonly Assembly[] s_projects = [.. Assemblies.All, typeof(BackendServer).Assembly];

    public static TheoryData<string> Projects() => [.. s_projects.Select(assembly => assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_circle_of_folders(string project)
    {
        var graph = FolderGraph.Of(s_projects.Single(assembly => assembly.GetName().Name == project));

        Assert.True(graph.Circles.Count == 0, $"{project}: {string.Join("\n", graph.Circles.Select(graph.Tell))}");
    }

    [Fact]
    public void A_namespace_is_a_folder() => Assert.All(Repository.Sources("src"), file =>
    {
        var folder = Path.GetDirectoryName(file)!.Replace("src/", "", StringComparison.Ordinal).Replace('/', '.');
        var line = File.ReadLines(Path.Combine(Repository.Root, file))
            .FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal));
        Assert.True(line is null || line == $"namespace {folder};", $"{file} says {line}");
    });
}
