namespace ClusterLb.Core.Balancing;

/// <summary>How much of its share a backend gets: pure.</summary>
public static class Skew
{
    /// <summary>Times its fair share from which on people should know.</summary>
    public const double Limit = 2;

    // With fewer expected, chance alone goes past the limit now and then.
    private const double LeastExpected = 50;

    /// <param name="requests">Of the backend, over some time.</param>
    /// <param name="ofAll">Of all in its pool that take work, over the same time.</param>
    /// <param name="weight">Of the backend now.</param>
    /// <param name="ofAllWeights">Of all in its pool that take work.</param>
    /// <returns>1 = exactly its share; 0 = it takes no work, or there were too few requests to say.</returns>
    public static double Of(long requests, long ofAll, int weight, long ofAllWeights)
    {
        var expected = ofAllWeights == 0 ? 0 : (double)ofAll * weight / ofAllWeights;
        return expected < LeastExpected ? 0 : requests / expected;
    }
}
