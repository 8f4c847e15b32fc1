namespace ClusterLb.Core.Pools;

/// <summary>Who of several tiers takes work: pure.</summary>
internal static class TierRule
{
    /// <summary>Leaves the lowest tier that has any weight, and takes the weights of the others.</summary>
    /// <param name="weights">By member; 0 = takes none.</param>
    /// <param name="tiers">By member.</param>
    public static void KeepLowest(Span<int> weights, ReadOnlySpan<int> tiers)
    {
        var lowest = int.MaxValue;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0 && tiers[i] < lowest) lowest = tiers[i];
        }

        for (var i = 0; i < weights.Length; i++)
        {
            if (tiers[i] > lowest) weights[i] = 0;
        }
    }
}
