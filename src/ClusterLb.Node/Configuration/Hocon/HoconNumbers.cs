using System.Globalization;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Keys that are places in a list.</summary>
internal static class HoconNumbers
{
    /// <returns>In the order of their numbers, which may have gaps; null when one is no number, or there are none.</returns>
    public static IReadOnlyList<string>? Order(IEnumerable<string> keys)
    {
        var ordered = new SortedList<int, string>();
        foreach (var key in keys)
        {
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            if (!ordered.TryAdd(number, key)) return null;
        }

        return ordered.Count == 0 ? null : [.. ordered.Values];
    }
}
