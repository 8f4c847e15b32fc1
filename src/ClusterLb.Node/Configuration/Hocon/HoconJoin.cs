namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Joins values that stand side by side: texts to a text, lists to a list, blocks to a block.</summary>
internal static class HoconJoin
{
    /// <param name="whole">What is joined.</param>
    /// <param name="shapes">What its parts come to.</param>
    /// <param name="budget">Pays for it.</param>
    /// <param name="tell">Called when they are of different kinds.</param>
    public static HoconShape Of(HoconConcatenation whole, IReadOnlyList<HoconShape> shapes, HoconBudget budget, Action<string> tell)
    {
        var parts = whole.Parts.Zip(shapes).Where(part => part.Second != HoconShape.Missing).ToList();
        if (parts.Count == 0) return HoconShape.Missing;
        if (parts.Count == 1) return parts[0].Second;
        if (parts.TrueForAll(part => part.Second is HoconLeaf))
            return Texts(whole, parts.ConvertAll(part => ((HoconLeaf)part.Second).Text), budget);
        // Between blocks and lists unquoted space says nothing.
        parts.RemoveAll(part => part.First is HoconText { IsSpace: true });
        budget.Spend(parts.Sum(part => (long)SizeOf(part.Second)), whole.Place);
        if (parts.TrueForAll(part => part.Second is HoconBlock))
            return new HoconBlock([.. parts.SelectMany(part => ((HoconBlock)part.Second).Layers)]);
        var lists = parts.ConvertAll(part => AsItems(part.Second));
        if (!lists.Contains(null)) return new HoconItems(whole.Place, [.. lists.SelectMany(list => list!.Items)]);
        var other = parts.Find(part => KindOf(part.Second) != KindOf(parts[0].Second));
        tell($"{Describe(parts[0])} and {Describe(other)} cannot be joined into one value");
        return HoconShape.Broken;
    }

    /// <summary>A list, or a block whose keys are numbers; null when it is neither.</summary>
    public static HoconItems? AsItems(HoconShape shape) => shape switch
    {
        HoconItems items => items,
        HoconBlock block when HoconNumbers.Order(block.Keys) is { } keys =>
            new HoconItems(block.Place, [.. keys.Select(block.Definitions)]),
        _ => null,
    };

    public static string KindOf(HoconShape shape) => shape switch
    {
        HoconItems => "a list",
        HoconBlock => "a block",
        HoconLeaf leaf => leaf.Node.Kind,
        _ => "nothing",
    };

    private static HoconLeaf Texts(HoconConcatenation whole, List<string> texts, HoconBudget budget)
    {
        budget.Spend(texts.Sum(text => (long)text.Length) / 4, whole.Place);
        return new HoconLeaf(new TextNode(whole.Place.Source, whole.Place.Line, string.Concat(texts)));
    }

    private static int SizeOf(HoconShape shape) => shape switch
    {
        HoconItems items => items.Items.Count,
        HoconBlock block => block.Layers.Count,
        _ => 1,
    };

    private static string Describe((HoconValue Value, HoconShape Shape) part) =>
        part.Value is HoconSubstitution ? $"{KindOf(part.Shape)} ({part.Value})" : KindOf(part.Shape);
}
