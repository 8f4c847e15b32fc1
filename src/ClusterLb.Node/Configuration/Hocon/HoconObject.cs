namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>
/// A block: each key with all that was set for it, in order. The last one wins, and yet those below count: blocks are merged, and a value
/// may name what it replaces. Grows while files are read, which is how they are laid over each other; after that it stays.
/// </summary>
internal sealed class HoconObject(HoconPlace place) : HoconValue(place)
{
    private readonly Dictionary<string, List<HoconValue>> _members = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Keys => _members.Keys;

    /// <summary>What was set for the key, the last one last. What nothing can see any more is left out.</summary>
    public IReadOnlyList<HoconValue> Definitions(string key) => _members.GetValueOrDefault(key) ?? [];

    /// <param name="path">To the value, from here.</param>
    /// <param name="key">Where the path is written.</param>
    public void Add(IReadOnlyList<string> path, HoconPlace key, HoconValue value)
    {
        for (var i = path.Count - 1; i > 0; i--)
        {
            var block = new HoconObject(key);
            block.Add(path[i], value);
            value = block;
        }

        Add(path[0], value);
    }

    public void Add(string key, HoconValue value)
    {
        if (!_members.TryGetValue(key, out var definitions)) _members[key] = definitions = [];
        switch (definitions.Count > 0 ? definitions[^1] : null, value)
        {
            case (HoconObject below, HoconObject above):
                below.Merge(above);
                break;
            case (HoconList below, HoconAppend above):
                below.Add(above.Items);
                break;
            case (HoconAppend below, HoconAppend above):
                below.Add(above.Items);
                break;
            case (_, HoconText or HoconNull or HoconList) or (HoconText or HoconNull or HoconList, HoconObject):
                definitions.Clear();
                definitions.Add(value);
                break;
            default:
                definitions.Add(value);
                break;
        }
    }

    private void Merge(HoconObject above)
    {
        foreach (var (key, definitions) in above._members)
        {
            foreach (var value in definitions) Add(key, value);
        }

        Place = above.Place;
    }
}
