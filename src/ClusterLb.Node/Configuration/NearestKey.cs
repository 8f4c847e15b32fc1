namespace ClusterLb.Node.Configuration;

/// <summary>What to say to an operator who wrote a key that is not one.</summary>
internal static class NearestKey
{
    /// <summary>Names the legal key that was probably meant, or the block where this one belongs, or all that are legal.</summary>
    public static string Hint(string key, IReadOnlyCollection<string> legal)
    {
        if (ForeignKeys.Of(key, legal) is { } ours) return $"unknown key; here it is \"{ours}\"";
        var (nearest, places) = (Of(key, legal), KeyPlaces.Of(key));
        if (places.Count > 0 && (nearest is null || EditDistance(nearest, key) > 1))
            return $"unknown key here; it belongs in {string.Join(" or ", places)}; legal keys here: {string.Join(", ", legal)}";
        return nearest is not null
            ? $"unknown key; did you mean \"{nearest}\"?"
            : $"unknown key; legal keys here: {string.Join(", ", legal)}";
    }

    /// <summary>The legal one that was probably meant; null = none is near.</summary>
    public static string? Of(string key, IReadOnlyCollection<string> legal)
    {
        var nearest = legal.MinBy(known => EditDistance(known, key));
        return nearest is not null && EditDistance(nearest, key) <= Math.Max(2, key.Length / 3) ? nearest : null;
    }

    /// <summary>Levenshtein's.</summary>
    private static int EditDistance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            previous = current;
        }

        return previous[b.Length];
    }
}
