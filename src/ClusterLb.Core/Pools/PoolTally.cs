namespace ClusterLb.Core.Pools;

/// <summary>The numbers that decide whether enough of a pool is healthy.</summary>
/// <param name="Healthy">Members that take work by their own merit.</param>
/// <param name="Unjudged">Members that still wait for their first verdict.</param>
/// <param name="Configured">Members that are not draining, drained, in maintenance or of weight 0.</param>
internal readonly record struct PoolTally(int Healthy, int Unjudged, int Configured)
{
    /// <summary>
    /// While a pool starts, those that wait for a verdict are presumed well, so that a start whose verdicts arrive one by one is no panic;
    /// but never when nobody is truly healthy.
    /// </summary>
    public int Presumed(bool starting) => starting && Healthy > 0 ? Healthy + Unjudged : Healthy;
}
