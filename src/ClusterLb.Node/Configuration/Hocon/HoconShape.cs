namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>
/// What a value comes to, seen from outside: what kind it is and which keys or items it has, without looking what these come to. So a
/// value in a block can name its neighbour without going round in a circle.
/// </summary>
internal abstract class HoconShape
{
    /// <summary>Nothing is there, and that is no mistake.</summary>
    public static HoconShape Missing { get; } = new HoconNothing();

    /// <summary>A mistake that has been told; what follows from it is no news.</summary>
    public static HoconShape Broken { get; } = new HoconNothing();

    private sealed class HoconNothing : HoconShape;
}

/// <summary>A text or null.</summary>
internal sealed class HoconLeaf(ConfigurationNode node) : HoconShape
{
    public ConfigurationNode Node { get; } = node;

    /// <summary>Beside other texts even null is one.</summary>
    public string Text => (Node as TextNode)?.Text ?? "null";
}

/// <param name="items">Each like the definitions of a key: the last one wins.</param>
internal sealed class HoconItems(HoconPlace place, IReadOnlyList<IReadOnlyList<HoconValue>> items) : HoconShape
{
    public HoconPlace Place { get; } = place;

    public IReadOnlyList<IReadOnlyList<HoconValue>> Items { get; } = items;

    public static IReadOnlyList<IReadOnlyList<HoconValue>> Of(IEnumerable<HoconValue> items) =>
        [.. items.Select(item => (IReadOnlyList<HoconValue>)[item])];
}

/// <param name="layers">Blocks that lie over each other, the last one on top.</param>
internal sealed class HoconBlock(IReadOnlyList<HoconObject> layers) : HoconShape
{
    public IReadOnlyList<HoconObject> Layers { get; } = layers;

    public HoconPlace Place => Layers[^1].Place;

    public IEnumerable<string> Keys => Layers.Count == 1 ? Layers[0].Keys : Layers.SelectMany(layer => layer.Keys).Distinct();

    public IReadOnlyList<HoconValue> Definitions(string key) =>
        Layers.Count == 1 ? Layers[0].Definitions(key) : [.. Layers.SelectMany(layer => layer.Definitions(key))];
}

/// <summary>The value depends on itself.</summary>
/// <param name="chain">The values that lead to one another.</param>
internal sealed class HoconCycle(IReadOnlyList<HoconValue> chain) : HoconShape
{
    public IReadOnlyList<HoconValue> Chain { get; } = chain;
}
