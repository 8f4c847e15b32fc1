using System.Numerics;

namespace Peers.Load;

/// <summary>
/// Latencies in nanoseconds in logarithmic buckets of 64 steps each: any value within 1.6 %, constant memory (as HdrHistogram).
/// </summary>
internal sealed class Histogram
{
    private const int StepBits = 6, Steps = 1 << StepBits;
    private readonly long[] _counts = new long[64 * Steps];
    private long _count;

    public void Record(long nanoseconds)
    {
        _count++;
        _counts[Bucket(Math.Max(0, nanoseconds))]++;
    }

    /// <summary>
    /// The value in milliseconds that the share <paramref name="quantile"/> (0 to 1) of all does not exceed; 0 without any.
    /// </summary>
    public double Milliseconds(double quantile)
    {
        var wanted = (long)Math.Ceiling(quantile * _count);
        var seen = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted && seen > 0)
            {
                return UpperBound(bucket) / 1e6;
            }
        }

        return 0;
    }

    private static int Bucket(long value)
    {
        if (value < Steps)
        {
            return (int)value;
        }

        var shift = BitOperations.Log2((ulong)value) - StepBits;
        return ((shift + 1) << StepBits) + (int)((value >> shift) & (Steps - 1));
    }

    private static double UpperBound(int bucket)
    {
        var shift = (bucket >> StepBits) - 1;
        return shift < 0 ? bucket : ((long)((bucket & (Steps - 1)) | Steps) + 1) << shift;
    }
}
