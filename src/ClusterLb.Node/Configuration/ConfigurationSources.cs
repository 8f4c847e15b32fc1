using System.Globalization;
using System.Net;

namespace ClusterLb.Node.Configuration;

/// <summary>What the configuration is made of, in the order in which it is laid over another.</summary>
/// <param name="Files">Paths, later wins.</param>
/// <param name="Settings"><c>key=value</c> from the command line; they win over everything.</param>
/// <param name="Environment">Of the process; only <c>CLUSTERLB__*</c> counts.</param>
internal sealed record ConfigurationSources(IReadOnlyList<string> Files, IReadOnlyList<string> Settings,
    IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The source of every default.</summary>
    public const string ReferenceName = "reference.conf";

    private const string Root = "clusterlb";
    private const string EnvironmentPrefix = "CLUSTERLB__";

    /// <summary>The embedded defaults.</summary>
    public static ObjectNode Reference { get; } = LoadEmbedded(ReferenceName);

    /// <summary>Laid directly over the defaults, under every file.</summary>
    public ConfigurationNode? Base { get; init; }

    /// <summary>What the demo runs, embedded so that it needs no file; the environment is left out, so that it runs anywhere.</summary>
    public static ConfigurationSources OfDemo(IReadOnlyList<string> settings) =>
        new([], settings, new Dictionary<string, string>()) { Base = LoadEmbedded("demo.conf") };

    /// <summary>All sources laid over each other; what cannot be read or parsed is a problem and is left out.</summary>
    public ConfigurationNode Load(ICollection<ConfigurationProblem> problems)
    {
        var merged = Base is null ? Reference : ConfigurationNode.Overlay(Reference, Base);
        foreach (var file in Files)
        {
            if (LoadFile(file, problems) is { } node) merged = ConfigurationNode.Overlay(merged, node);
        }

        foreach (var (name, value) in Environment.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            var key = name[EnvironmentPrefix.Length..].ToLowerInvariant().Replace("__", ".", StringComparison.Ordinal).Replace('_', '-');
            if (Setting($"environment {name}", key, value, problems) is { } node) merged = ConfigurationNode.Overlay(merged, node);
        }

        foreach (var setting in Settings)
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                problems.Add(new ConfigurationProblem($"--set {KeyOf(setting)}", "", "must be KEY=VALUE, such as node.name=lb1"));
            else if (Setting($"--set {setting[..equals]}", setting[..equals], setting[(equals + 1)..], problems) is { } node)
                merged = ConfigurationNode.Overlay(merged, node);
        }

        return merged;
    }

    /// <summary>What follows the key may be a secret, whatever sign was typed for the equals sign.</summary>
    private static string KeyOf(string setting) =>
        string.Concat(setting.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'));

    private static ObjectNode LoadEmbedded(string name)
    {
        using var stream = typeof(ConfigurationSources).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return HoconParser.Parse(name, reader.ReadToEnd());
    }

    private static ObjectNode? LoadFile(string file, ICollection<ConfigurationProblem> problems)
    {
        if (file.Length == 0)
        {
            problems.Add(new ConfigurationProblem("--config", "", "is empty; it must be a file"));
            return null;
        }

        try
        {
            return HoconParser.Parse(file, File.ReadAllText(file));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(new ConfigurationProblem(file, "", "no such file"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var problem = Directory.Exists(file) ? "is a directory; give a file in it" : "cannot be read: " + failure.Message;
            problems.Add(new ConfigurationProblem(file, "", problem));
        }
        catch (HoconException failure)
        {
            problems.Add(new ConfigurationProblem(string.Create(CultureInfo.InvariantCulture, $"{file}:{failure.Line}"), "",
                failure.Message));
        }

        return null;
    }

    /// <summary>One value for one key; a value that is HOCON (a list, a block) is taken as such, anything else as text.</summary>
    private static ConfigurationNode? Setting(string source, string key, string value, ICollection<ConfigurationProblem> problems)
    {
        if (key.StartsWith(Root + ".", StringComparison.Ordinal)) key = key[(Root.Length + 1)..];
        try
        {
            var isStructure = value.StartsWith('{') || (value.StartsWith('[') && !IPEndPoint.TryParse(value, out _));
            ConfigurationNode node = isStructure
                ? HoconParser.Parse(source, "value = " + value).Members["value"]
                : new TextNode(source, 0, value);
            foreach (var part in key.Split('.').Reverse().Append(Root))
                node = new ObjectNode(source, 0, new Dictionary<string, ConfigurationNode> { [part] = node });
            return node;
        }
        catch (HoconException failure)
        {
            problems.Add(new ConfigurationProblem(source, "", failure.Message));
            return null;
        }
    }
}
