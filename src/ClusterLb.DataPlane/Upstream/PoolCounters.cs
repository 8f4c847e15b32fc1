using System.Diagnostics;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>What one loop did for one pool, apart from its backends. Written by the loop, read by anyone.</summary>
internal sealed class PoolCounters
{
    public long Queued;
    public long QueueTimeouts;
    public long QueueRejections;
    public long NoBackend;
    public long RetryBudgetExhausted;

    /// <summary>How long requests waited that had to, whether they got a backend or not.</summary>
    public LatencyHistogram Waits { get; } = new();

    /// <summary>A request has to wait.</summary>
    /// <returns>For <see cref="EndWait"/>.</returns>
    public long BeginWait()
    {
        Queued++;
        return Stopwatch.GetTimestamp();
    }

    public void EndWait(long began) => Waits.Record((long)Stopwatch.GetElapsedTime(began).TotalMicroseconds);
}
