using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>What the configuration is made of, in the order in which it is laid over another.</summary>
/// <param name="Files">Paths, later wins.</param>
/// <param name="Settings"><c>key=value</c> from the command line; they win over everything.</param>
/// <param name="Environment">
/// Of the process: <c>CLUSTERLB__*</c> wins over files, and every variable is there for a <c>${NAME}</c> that no key has.
/// </param>
internal sealed record ConfigurationSources(IReadOnlyList<string> Files, IReadOnlyList<string> Settings,
    IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The source of every default.</summary>
    public const string ReferenceName = "reference.conf";

    /// <summary>The block that everything is in.</summary>
    public const string Root = "clusterlb";

    /// <summary>The embedded defaults.</summary>
    public static ObjectNode Reference { get; } = HoconDocument.Parse(ReferenceName, ReadEmbedded(ReferenceName));

    /// <summary>An embedded file that is laid directly over the defaults, under every file.</summary>
    public string? Base { get; init; }

    /// <summary>What the demo runs, embedded so that it needs no file; the environment is left out, so that it runs anywhere.</summary>
    public static ConfigurationSources OfDemo(IReadOnlyList<string> settings) =>
        new([], settings, new Dictionary<string, string>()) { Base = "demo.conf" };

    /// <summary>
    /// All sources laid over each other, and then every substitution looked up in the whole. What cannot be read is a problem and is left
    /// out. A key that is set to null is not set, whoever set it before, so it has its default.
    /// </summary>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="repeats">Gets what one source set twice.</param>
    public ObjectNode Load(ICollection<ConfigurationProblem> problems, ICollection<RepeatedKey>? repeats = null)
    {
        var document = new HoconDocument();
        document.AddText(ReferenceName, ReadEmbedded(ReferenceName));
        if (Base is not null) document.AddText(Base, ReadEmbedded(Base));
        foreach (var file in Files) AddFile(document, file);
        foreach (var (name, value) in Environment.OrderBy(variable => variable.Key, StringComparer.Ordinal))
            ConfigurationSetting.AddFromEnvironment(document, name, value);
        foreach (var setting in Settings) ConfigurationSetting.AddFromCommandLine(document, setting);
        // What follows from a source that could not be read is no news.
        var tree = document.Problems.Count == 0 ? Resolve(document) : Reference;
        foreach (var problem in document.Problems)
            problems.Add(new ConfigurationProblem(problem.Place.ToString(), "", problem.Message));
        foreach (var repeat in document.Repeats) repeats?.Add(RepeatedKey.Of(repeat));
        return tree;
    }

    private ObjectNode Resolve(HoconDocument document)
    {
        var (tree, taken) = document.Resolve(Environment);
        // What stands beside the block is the operator's own, and has done its work when some value was made of it.
        var members = tree.Members.Where(member => member.Key == Root || !taken.Contains(member.Key)).ToDictionary();
        return (ObjectNode)ConfigurationNode.Overlay(Reference, tree with { Members = members });
    }

    private static void AddFile(HoconDocument document, string file)
    {
        if (file.Length > 0) document.AddFile(file);
        else document.Tell(new HoconPlace("--config"), "is empty; it must be a file");
    }

    private static string ReadEmbedded(string name)
    {
        using var stream = typeof(ConfigurationSources).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
