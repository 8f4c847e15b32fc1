namespace ClusterLb.DataPlane.Telemetry;

/// <summary>Counts of durations by bucket. Written by one loop, read by anyone: each cell is one aligned 64-bit word.</summary>
internal sealed class LatencyHistogram
{
    /// <summary>Upper bounds in microseconds, inclusive; one more bucket takes what is slower.</summary>
    public static readonly int[] BoundsMicroseconds =
    [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
            30_000_000,
    ];

    private readonly long[] _counts = new long[BoundsMicroseconds.Length + 1];
    private long _sumMicroseconds;

    public void Record(long microseconds)
    {
        var bucket = 0;
        while (bucket < BoundsMicroseconds.Length && microseconds > BoundsMicroseconds[bucket]) bucket++;
        _counts[bucket]++;
        _sumMicroseconds += microseconds;
    }

    public long Count
    {
        get
        {
            var count = 0L;
            for (var i = 0; i < _counts.Length; i++) count += Volatile.Read(ref _counts[i]);
            return count;
        }
    }

    /// <summary>Adds this histogram's cells to the sums of a reader.</summary>
    public void AddTo(long[] counts, ref long sumMicroseconds)
    {
        for (var i = 0; i < counts.Length; i++) counts[i] += Volatile.Read(ref _counts[i]);
        sumMicroseconds += Volatile.Read(ref _sumMicroseconds);
    }
}
