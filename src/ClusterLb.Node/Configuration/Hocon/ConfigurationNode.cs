namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>A value that everything was looked up for, and that remembers where it came from. Immutable.</summary>
/// <param name="Source">The file, or what else set it.</param>
/// <param name="Line">From 1; 0 = it has none.</param>
internal abstract record ConfigurationNode(string Source, int Line)
{
    /// <summary>For messages: <c>file:line</c>.</summary>
    public string Place => new HoconPlace(Source, Line).ToString();

    /// <summary>What an operator would call it in a message, whatever it holds.</summary>
    public abstract string Kind { get; }

    /// <summary>The same with its text, if it is one.</summary>
    public virtual string Describe() => Kind;

    /// <summary>Lays a later source over an earlier one: objects are merged key by key, all else is replaced.</summary>
    public static ConfigurationNode Overlay(ConfigurationNode lower, ConfigurationNode upper)
    {
        if (lower is not ObjectNode below || upper is not ObjectNode above) return upper;
        var members = new Dictionary<string, ConfigurationNode>(below.Members);
        foreach (var (key, value) in above.Members) members[key] = members.TryGetValue(key, out var old) ? Overlay(old, value) : value;
        return new ObjectNode(above.Source, above.Line, members);
    }
}

internal sealed record ObjectNode(string Source, int Line, IReadOnlyDictionary<string, ConfigurationNode> Members)
    : ConfigurationNode(Source, Line)
{
    public override string Kind => "a block";

    /// <summary>
    /// The list that <c>key.0 = a, key.1 = b</c> makes, for sources in which there is no other way to write one. Null when a key is no
    /// number.
    /// </summary>
    public ListNode? AsList() => HoconNumbers.Order(Members.Keys) is { } keys
        ? new ListNode(Source, Line, [.. keys.Select(key => Members[key])])
        : null;
}

internal sealed record ListNode(string Source, int Line, IReadOnlyList<ConfigurationNode> Items) : ConfigurationNode(Source, Line)
{
    public override string Kind => "a list";
}

internal sealed record TextNode(string Source, int Line, string Text) : ConfigurationNode(Source, Line)
{
    public override string Kind => "a text";

    public override string Describe() => $"\"{Text}\"";
}

/// <summary>Only in a list: a key that is null is not set.</summary>
internal sealed record NullNode(string Source, int Line) : ConfigurationNode(Source, Line)
{
    public override string Kind => "null";
}
