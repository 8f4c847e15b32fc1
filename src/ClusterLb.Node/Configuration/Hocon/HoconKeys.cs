namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Sees what one source sets twice, of which the first is lost, or merged with the second, without a word.</summary>
internal sealed class HoconKeys
{
    private readonly Dictionary<(HoconObject? Start, string Source, string Path), (HoconPlace Place, bool IsBlock)> _set = [];
    private readonly List<HoconRepeat> _repeats = [];

    public IReadOnlyList<HoconRepeat> Repeats => _repeats;

    /// <param name="source">What is to set a key once; a later source may well set it again.</param>
    /// <param name="spot">Of the value.</param>
    /// <param name="key">Where the key is written.</param>
    public void Note(string source, HoconSpot spot, HoconPlace key, HoconValue value)
    {
        var id = (spot.Start, source, HoconPath.Print(spot.Path));
        var isBlock = IsBlock(value);
        if (_set.TryGetValue(id, out var first) && IsLater(key, first.Place) && (isBlock != first.IsBlock || !KeepsEarlier(value, spot)))
            _repeats.Add(new HoconRepeat(spot.Path, first.Place, key, isBlock && first.IsBlock));
        _set[id] = (key, isBlock);
    }

    /// <summary>A file that is included twice says the same once more.</summary>
    private static bool IsLater(HoconPlace key, HoconPlace first) =>
        key.Source != first.Source || (key.Line, key.Column).CompareTo((first.Line, first.Column)) > 0;

    private static bool IsBlock(HoconValue value) =>
        value is HoconObject || (value is HoconConcatenation whole && whole.Parts.Any(part => part is HoconObject));

    /// <summary>What was set before is a part of it, or stays when it comes to nothing.</summary>
    private static bool KeepsEarlier(HoconValue value, HoconSpot spot) => value switch
    {
        HoconAppend => true,
        HoconSubstitution substitution => substitution.IsOptional || Names(substitution, spot),
        HoconConcatenation whole => whole.Parts.Any(part => Names(part, spot)),
        HoconList list => list.Items.Any(item => Names(item, spot)),
        _ => false,
    };

    private static bool Names(HoconValue part, HoconSpot spot) =>
        part is HoconSubstitution substitution && substitution.Path.SequenceEqual(spot.Path);
}

/// <param name="Path">From the block that <paramref name="First"/> and <paramref name="Second"/> are in, if that is in a list.</param>
/// <param name="First">Where it was set.</param>
/// <param name="Second">Where it is set again.</param>
/// <param name="AreBlocks">Which are merged; else the first is lost.</param>
internal sealed record HoconRepeat(IReadOnlyList<string> Path, HoconPlace First, HoconPlace Second, bool AreBlocks);
