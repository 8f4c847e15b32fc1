using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Reload;

/// <summary>In which keys two nodes differ, in one line each: pure.</summary>
public static class KeyComparison
{
    private const int MostTold = 10;
    private const int LongestValue = 60;

    /// <param name="node">Whose keys <paramref name="own"/> are.</param>
    /// <param name="other">Whose keys <paramref name="others"/> are.</param>
    /// <param name="own">All of one node.</param>
    /// <param name="others">All of another.</param>
    /// <returns>The first ten, by key, and how many more there are; none when no key differs.</returns>
    public static IReadOnlyList<string> Tell(
        string node, string other, EquatableList<SharedKey> own, EquatableList<SharedKey> others)
    {
        var (here, there) = (ByKey(own), ByKey(others));
        var differing = here.Keys.Union(there.Keys).Where(key => here.GetValueOrDefault(key) != there.GetValueOrDefault(key))
            .Order(StringComparer.Ordinal).ToList();
        List<string> lines = [.. differing.Take(MostTold)
            .Select(key => $"{key} is {Text(there, here, key)} on {other}, and {Text(here, there, key)} on {node}")];
        if (differing.Count > MostTold) lines.Add($"{differing.Count - MostTold} more keys differ");
        return lines;
    }

    /// <summary>Routes may be named alike.</summary>
    private static Dictionary<string, string> ByKey(EquatableList<SharedKey> keys) => keys.GroupBy(key => key.Key)
        .ToDictionary(same => same.Key, same => string.Join(", ", same.Select(key => key.Value)));

    /// <summary>Of a long value the part in which it begins to differ.</summary>
    private static string Text(Dictionary<string, string> keys, Dictionary<string, string> others, string key)
    {
        if (!keys.TryGetValue(key, out var value)) return "not there";
        if (value.Length == 0) return "something";
        if (value.Length <= LongestValue) return value;
        var same = value.AsSpan().CommonPrefixLength(others.GetValueOrDefault(key, ""));
        var from = Math.Clamp(same - (LongestValue / 2), 0, value.Length - LongestValue);
        var (before, after) = (from > 0 ? "..." : "", from + LongestValue < value.Length ? "..." : "");
        return $"{before}{value.AsSpan(from, LongestValue)}{after}";
    }
}
