namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>
/// A value as it was written: nothing is looked up yet. Values are told apart by where they stand, not by what they hold: two that look
/// the same may come to different things.
/// </summary>
internal abstract class HoconValue(HoconPlace place)
{
    public HoconPlace Place { get; protected set; } = place;
}

/// <summary>Whatever was written as one: a string, a number, a flag.</summary>
/// <param name="isSpace">Only the space between two other values; it counts if they are texts.</param>
internal sealed class HoconText(HoconPlace place, string text, bool isSpace = false) : HoconValue(place)
{
    public string Text { get; } = text;

    public bool IsSpace { get; } = isSpace;
}

internal sealed class HoconNull(HoconPlace place) : HoconValue(place);

/// <summary>Grows while files are read, by <c>+=</c>; after that it stays.</summary>
internal sealed class HoconList(HoconPlace place, List<HoconValue> items) : HoconValue(place)
{
    public IReadOnlyList<HoconValue> Items => items;

    public void Add(IEnumerable<HoconValue> more) => items.AddRange(more);
}

/// <summary><c>+=</c>: items for the end of whatever list was set before.</summary>
internal sealed class HoconAppend(HoconPlace place, List<HoconValue> items) : HoconValue(place)
{
    public IReadOnlyList<HoconValue> Items => items;

    public void Add(IEnumerable<HoconValue> more) => items.AddRange(more);
}

/// <summary>Values side by side on one line.</summary>
internal sealed class HoconConcatenation(HoconPlace place, IReadOnlyList<HoconValue> parts) : HoconValue(place)
{
    public IReadOnlyList<HoconValue> Parts { get; } = parts;
}
