using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Tests.Configuration;

/// <summary>Some files beside each other that exist as long as a test does.</summary>
internal sealed class ConfFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("clusterlb-test-").FullName;

    public ConfFolder(params (string Name, string Text)[] files)
    {
        foreach (var (name, text) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
            File.WriteAllText(PathOf(name), text);
        }
    }

    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>What files laid over each other come to, as JSON.</summary>
    public string Read(params string[] names)
    {
        var (json, problems) = Try(names);
        Assert.Empty(problems);
        return json;
    }

    /// <summary>What is wrong with them, each in a line, without the folder's name.</summary>
    public string[] Problems(params string[] names) => Try(names).Problems;

    /// <summary>A line without the folder's name.</summary>
    public string Shorten(string line) => line.Replace(PathOf("x")[..^1], "", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private (string Json, string[] Problems) Try(string[] names)
    {
        var document = new HoconDocument();
        foreach (var name in names) document.AddFile(PathOf(name));
        var tree = document.Resolve(new Dictionary<string, string>()).Tree;
        return (Hocon.Trees.Print(tree), [.. document.Problems.Select(problem => Shorten($"{problem.Place}: {problem.Message}"))]);
    }
}
