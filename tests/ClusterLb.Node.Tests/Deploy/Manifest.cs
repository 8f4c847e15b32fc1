using System.Globalization;
using ClusterLb.Node.Tests.Architecture;
using YamlDotNet.RepresentationModel;

namespace ClusterLb.Node.Tests.Deploy;

/// <summary>One object of deploy/kubernetes.</summary>
internal sealed class Manifest(YamlNode root)
{
    public string Kind => Text("kind");

    public string Name => Text("metadata.name");

    public static IReadOnlyList<Manifest> All { get; } = [.. Directory.GetFiles(
        Path.Combine(Repository.Root, "deploy/kubernetes"), "*.yaml").Order(StringComparer.Ordinal).SelectMany(Read)];

    public static Manifest Of(string kind, string name) => All.Single(one => one.Kind == kind && one.Name == name);

    /// <summary>A value; fails where there is none.</summary>
    /// <param name="path">Such as <c>spec.template.spec</c>, and a number for an item of a list.</param>
    public string Text(string path) => ((YamlScalarNode)Find(path)).Value!;

    public int Number(string path) => int.Parse(Text(path), CultureInfo.InvariantCulture);

    public YamlNode Find(string path) => path.Split('.').Aggregate(root, (node, name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? node[index] : node[name]);

    public bool Has(string path)
    {
        try
        {
            return Find(path) is not null;
        }
        catch (KeyNotFoundException)
        {
            return false;
        }
    }

    /// <summary>The items of a list, each as what it is in.</summary>
    public IReadOnlyList<Manifest> Items(string path) => [.. ((YamlSequenceNode)Find(path)).Select(item => new Manifest(item))];

    public IReadOnlyDictionary<string, string> Map(string path) => ((YamlMappingNode)Find(path)).Children
        .ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value!);

    private static IEnumerable<Manifest> Read(string file)
    {
        using var text = File.OpenText(file);
        var stream = new YamlStream();
        stream.Load(text);
        return [.. stream.Documents.Select(document => new Manifest(document.RootNode))];
    }
}
