namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Makes the tree that readers read of what values come to. A key that comes to nothing, or to null, is not in it.</summary>
internal sealed class HoconExpander(HoconEvaluator evaluator, HoconBudget budget)
{
    /// <summary>What the value that is being made came by: who meets one of them again goes round in a circle.</summary>
    private readonly List<HoconValue> _open = [];

    /// <summary>Those that turned out to be missing while they were made.</summary>
    private readonly HashSet<HoconValue> _changed = new(ReferenceEqualityComparer.Instance);

    public ObjectNode Expand(HoconObject root) => Make(new HoconBlock([root]));

    /// <returns>Null when it is missing.</returns>
    private ConfigurationNode? Expand(IReadOnlyList<HoconValue> definitions)
    {
        budget.Enter(definitions[^1].Place);
        var by = new List<HoconValue>();
        var shape = evaluator.Look(definitions, by);
        if (by.Find(_open.Contains) is { } again)
        {
            if (evaluator.Break(_open[_open.IndexOf(again)..]) is { } changed) _changed.Add(changed);
            budget.Leave();
            return null;
        }

        _open.AddRange(by);
        var node = Make(shape);
        _open.RemoveRange(_open.Count - by.Count, by.Count);
        budget.Leave();
        return by.RemoveAll(_changed.Remove) > 0 ? Expand(definitions) : node;
    }

    private ConfigurationNode? Make(HoconShape shape) => shape switch
    {
        HoconLeaf leaf => leaf.Node,
        HoconItems list => new ListNode(list.Place.Source, list.Place.Line, [.. list.Items.Select(Expand).OfType<ConfigurationNode>()]),
        HoconBlock block => Make(block),
        _ => null,
    };

    private ObjectNode Make(HoconBlock block)
    {
        var members = new Dictionary<string, ConfigurationNode>(StringComparer.Ordinal);
        foreach (var key in block.Keys)
        {
            budget.Spend(block.Layers.Count - 1, block.Place);
            if (Expand(block.Definitions(key)) is { } node and not NullNode) members[key] = node;
        }

        return new ObjectNode(block.Place.Source, block.Place.Line, members);
    }
}
