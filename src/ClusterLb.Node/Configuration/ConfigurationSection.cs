using System.Globalization;
using System.Text.RegularExpressions;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>
/// Reads the keys of one block, reporting what is wrong and going on with a harmless value. The keys that are read are the keys that are
/// legal: whatever is left over at <see cref="RejectUnknown"/> is not one.
/// </summary>
internal sealed partial class ConfigurationSection(
    ConfigurationNode node, string path, ICollection<ConfigurationProblem> problems, SortedSet<string>? known = null) : IConfigurationBlock
{
    private static readonly ObjectNode s_empty = new(ConfigurationSources.ReferenceName, 0, new Dictionary<string, ConfigurationNode>());

    private readonly ObjectNode _block = node as ObjectNode ?? s_empty;
    private readonly SortedSet<string> _known = known ?? new(StringComparer.Ordinal);
    private readonly HashSet<string> _wrong = [];

    public string Text(string key) => Value(key) switch
    {
        TextNode text => text.Text,
        null => "",
        var other => Wrong(key, other, "a text", ""),
    };

    public Secret Secret(string key) => Secret(key, out _);

    /// <summary>A text that no problem repeats: as it stands, or in a file that the same key with <c>-file</c> names.</summary>
    public Secret Secret(string key, out string file)
    {
        (var text, file) = (Text(key), File($"{key}-file"));
        if (file.Length == 0) return text;
        var problem = $"is given beside {key}; a secret has one place";
        if (text.Length == 0) text = SecretFile.Read(file, out problem);
        if (problem.Length > 0) Wrong(key, $"{key}-file", problem);
        return text;
    }

    /// <summary>The path of a file; a relative one begins where the file is in which it stands. Empty when it is not given.</summary>
    public string File(string key)
    {
        var path = Text(key);
        return path.Length > 0 && Value(key) is { } value ? FilePaths.Of(path, value.Source) : path;
    }

    /// <summary>The path of a file that a value has a part of; a relative one begins where the file is in which the value stands.</summary>
    public string PathIn(string key, string path) => Value(key) is { } value ? FilePaths.Of(path, value.Source) : path;

    public bool Flag(string key) =>
        Choice(key, ("true", true), ("on", true), ("yes", true), ("false", false), ("off", false), ("no", false));

    /// <param name="min">The least that is legal.</param>
    /// <param name="word">A word that stands for a number.</param>
    public int Integer(string key, int min, int max, (string Text, int Value)? word = null)
    {
        if (word is { } special && special.Text == Scalar(key)) return special.Value;
        var legal = string.Create(CultureInfo.InvariantCulture,
            $"{(word is null ? "" : word.Value.Text + " or ")}a whole number from {min} to {max}");
        return long.TryParse(Scalar(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min
            && value <= max
            ? (int)value
            : Wrong(key, Value(key), legal, min);
    }

    public double Number(string key, Func<double, bool> isLegal, string legal) =>
        double.TryParse(Scalar(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && isLegal(value)
            ? value
            : Wrong(key, Value(key), legal, 0.0);

    public TimeSpan Duration(string key, string min, string max) => Duration(key, min, max, word: null);

    /// <param name="min">As an operator writes it, e.g. <c>10ms</c>.</param>
    /// <param name="word">A word that stands for a duration.</param>
    public TimeSpan Duration(string key, string min, string max, (string Text, TimeSpan Value)? word)
    {
        if (word is { } special && special.Text == Scalar(key)) return special.Value;
        var (least, most) = (DurationText.Parse(min)!.Value, DurationText.Parse(max)!.Value);
        var legal = $"{(word is null ? "" : word.Value.Text + " or ")}a duration from {min} to {max}, such as 200ms, 5s, 1m or 1h";
        return DurationText.Parse(Scalar(key)) is { } value && value >= least && value <= most
            ? value
            : Wrong(key, Value(key), legal, least);
    }

    public long Size(string key, long min, long max, string legal) =>
        ParseSize(Scalar(key)) is { } value && value >= min && value <= max ? value : Wrong(key, Value(key), legal, min);

    public T Choice<T>(string key, params (string Name, T Value)[] choices)
    {
        var text = Scalar(key);
        foreach (var (name, value) in choices)
        {
            if (name == text) return value;
        }

        var legal = choices.Length == 1
            ? $"{choices[0].Name}, which is all this version has"
            : "one of " + string.Join(", ", choices.Select(choice => choice.Name));
        return Wrong(key, Value(key), legal, choices[0].Value);
    }

    /// <summary>A list of texts; one text alone counts as a list of it.</summary>
    public EquatableList<string> Texts(string key) => ListOr(Value(key)) switch
    {
        ListNode list when list.Items.All(item => item is TextNode) => list.Items.Select(item => ((TextNode)item).Text).ToEquatableList(),
        TextNode { Text: "" } or null => [],
        TextNode text => [text.Text],
        var other => Wrong(key, other, "a list of texts", new EquatableList<string>()),
    };

    public EquatableList<T> List<T>(string key, Func<string, (bool IsLegal, T Value)> parse, string legal)
    {
        var values = new List<T>();
        foreach (var text in Texts(key))
        {
            var (isLegal, value) = parse(text);
            if (isLegal) values.Add(value);
            else Report(key, $"\"{text}\" is not legal; each must be {legal}");
        }

        if (values.Count < Texts(key).Count) _wrong.Add(key);
        return values.ToEquatableList();
    }

    public EquatableList<(string Name, string Value)> Pairs(string key)
    {
        var value = Value(key);
        if (value is not (null or ObjectNode)) WrongKind(key, value, "a block of names with a text each");
        var pairs = new List<(string Name, string Value)>();
        foreach (var (name, inner) in (value as ObjectNode ?? s_empty).Members)
        {
            if (inner is TextNode text) pairs.Add((name, text.Text));
            else Report($"{key}.{ConfigurationKey.Of(name)}", $"is {inner.Kind}; it must be a text, and a name with a dot needs quotes");
        }

        return pairs.ToEquatableList();
    }

    /// <param name="off">What it holds where somebody wants none of it; empty = there is no such thing.</param>
    public ConfigurationSection Child(string key, string off = "")
    {
        var value = Value(key);
        if (value is null or ObjectNode) return new ConfigurationSection(value ?? s_empty, $"{path}.{key}", problems);
        // Said once; that every key of the block is then missing too is no news.
        WrongKind(key, value, off.Length == 0 ? "a block { ... }" : $"a block {{ ... }}; {{ {off} }} switches it off");
        return new ConfigurationSection(s_empty, $"{path}.{key}", new List<ConfigurationProblem>());
    }

    /// <summary>This block for who does without it: the keys that it would read are legal, and what they hold is not looked at.</summary>
    public ConfigurationSection Unused() => new(_block, path, new List<ConfigurationProblem>(), _known);

    /// <summary>The named blocks of a map, each laid over the defaults.</summary>
    public IEnumerable<(string Name, ConfigurationSection Section)> Named(string key, ConfigurationNode defaults)
    {
        var value = Value(key);
        if (value is not (null or ObjectNode)) WrongKind(key, value, "a block of named blocks");
        foreach (var (name, block) in (value as ObjectNode ?? s_empty).Members)
        {
            var inner = $"{key}.{ConfigurationKey.Of(name)}";
            if (block is ObjectNode)
                yield return (name, new ConfigurationSection(ConfigurationNode.Overlay(defaults, block), $"{path}.{inner}", problems));
            else WrongKind(inner, block, "a block { ... }");
            if (block is not ObjectNode) _wrong.Add(key);
        }
    }

    /// <summary>The blocks of a list, each laid over the defaults.</summary>
    public IEnumerable<(string Name, ConfigurationSection Section)> Blocks(string key, ConfigurationNode defaults)
    {
        var value = ListOr(Value(key));
        if (value is not (null or ListNode or TextNode { Text: "" })) WrongKind(key, value, "a list of blocks [ { ... } ]");
        var items = (value as ListNode)?.Items ?? [];
        for (var i = 0; i < items.Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{key}[{i}]");
            if (items[i] is ObjectNode block)
                yield return (name, new ConfigurationSection(ConfigurationNode.Overlay(defaults, block), $"{path}.{name}", problems));
            else Report(name, $"is {items[i].Kind}; it must be a block {{ ... }}");
        }
    }

    /// <summary>The raw block behind a key, to be laid under others.</summary>
    public ConfigurationNode Raw(string key) => Value(key) ?? s_empty;

    /// <summary>Somebody was told that this key holds what it cannot, so that what follows from it is no news.</summary>
    public bool IsWrong(string key) => _wrong.Contains(key);

    /// <param name="key">Relative to this block; empty for the block itself.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    public void Report(string key, string message)
    {
        // A list where a number should be is one mistake, not two.
        if (!_wrong.Contains(key)) Add(new ConfigurationProblem(PlaceOf(key), key.Length == 0 ? path : $"{path}.{key}", message));
    }

    /// <summary>Reports every key that nobody read, with the nearest one that would be legal.</summary>
    public void RejectUnknown()
    {
        foreach (var (key, value) in _block.Members)
        {
            if (!_known.Contains(key))
                Add(new ConfigurationProblem(value.Place, $"{path}.{ConfigurationKey.Of(key)}", NearestKey.Hint(key, _known)));
        }
    }

    /// <summary>What can be a number, a duration or a word; empty when it is none of them.</summary>
    private string Scalar(string key) => (Value(key) as TextNode)?.Text ?? "";

    /// <summary>Where a list belongs, keys that are numbers make one: the environment has no other way to write it.</summary>
    private static ConfigurationNode? ListOr(ConfigurationNode? value) => (value as ObjectNode)?.AsList() ?? value;

    private ConfigurationNode? Value(string key)
    {
        _known.Add(key);
        return _block.Members.GetValueOrDefault(key);
    }

    private string PlaceOf(string key) => ConfigurationKey.PlaceOf(node, key);

    private T Wrong<T>(string key, ConfigurationNode? value, string legal, T fallback)
    {
        Report(key, value is null ? $"is missing; it must be {legal}" : $"is {value.Describe()}; it must be {legal}");
        _wrong.Add(key);
        return fallback;
    }

    /// <summary>One secret that cannot be had is one mistake, whatever else would be asked of it.</summary>
    private void Wrong(string key, string fileKey, string problem)
    {
        Report(fileKey, problem);
        _wrong.Add(key);
    }

    /// <summary>Where a block belongs, a text may be the secret of that block: it is not repeated.</summary>
    private void WrongKind(string key, ConfigurationNode value, string legal)
    {
        Report(key, $"is {value.Kind}; it must be {legal}");
        _wrong.Add(key);
    }

    private void Add(ConfigurationProblem problem)
    {
        // A wrong default would be reported once for every block that takes it.
        if (!problems.Contains(problem)) problems.Add(problem);
    }

    private static long? ParseSize(string text)
    {
        var match = SizePattern().Match(text);
        if (!match.Success || !long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return null;
        var unit = match.Groups[2].Value switch
        {
            "" or "B" => 1L,
            "KiB" or "k" or "K" => 1L << 10,
            "MiB" or "M" => 1L << 20,
            _ => 1L << 30
        };
        return count <= long.MaxValue / unit ? count * unit : null;
    }

    [GeneratedRegex(@"^(\d+)\s*(B|KiB|k|K|MiB|M|GiB|G)?$")]
    private static partial Regex SizePattern();
}
