namespace ClusterLb.DataPlane.Telemetry;

/// <summary>Durations by bucket, of all loops, at one moment.</summary>
/// <param name="Counts">By bucket, not cumulative; the last cell counts what is slower than every bound.</param>
/// <param name="SumMicroseconds">Of all durations.</param>
public sealed record HistogramSnapshot(IReadOnlyList<long> Counts, long SumMicroseconds)
{
    /// <summary>Upper bounds of all but the last bucket, inclusive, in microseconds.</summary>
    public static IReadOnlyList<int> BoundsMicroseconds => LatencyHistogram.BoundsMicroseconds;

    /// <summary>Of all buckets.</summary>
    public long Count => Counts.Sum();

    internal static HistogramSnapshot Of(IEnumerable<LatencyHistogram> loops)
    {
        var (counts, sum) = (new long[LatencyHistogram.BoundsMicroseconds.Length + 1], 0L);
        foreach (var loop in loops) loop.AddTo(counts, ref sum);
        return new HistogramSnapshot(counts, sum);
    }
}
