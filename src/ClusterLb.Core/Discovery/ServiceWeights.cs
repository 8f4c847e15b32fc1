namespace ClusterLb.Core.Discovery;

/// <summary>
/// Weights of SRV records, 0 to 65,535, as weights of backends, 1 to 256: pure. RFC 2782: in proportion, and 0 gets a very small share
/// beside others.
/// </summary>
public static class ServiceWeights
{
    private const int Most = 256;

    /// <param name="weights">Of the records of one priority.</param>
    public static IReadOnlyList<int> Of(IReadOnlyList<int> weights)
    {
        var heaviest = weights.Count == 0 ? 0 : weights.Max();
        // Where none has a share, all have the same.
        if (heaviest == 0) return [.. weights.Select(_ => 1)];
        // Made heavier beside one that is to get next to nothing.
        var isScaled = heaviest > Most || weights.Contains(0);
        return [.. weights.Select(weight => isScaled ? Math.Max(1, (int)((weight * (long)Most) / heaviest)) : weight)];
    }
}
