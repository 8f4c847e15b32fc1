using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>What one loop did with one backend. Written by the loop, read by anyone.</summary>
internal sealed class BackendCounters
{
    public long Connects;
    public long ConnectFailures;
    public long Reuses;
    public long BytesSent;
    public long BytesReceived;
    public long Retries;
    public long IdleConnections;

    /// <summary>Monotonic milliseconds at which its latest response began, or its latest TCP connection; 0 = never.</summary>
    public long AnsweredAt;

    public StatusCounts Statuses { get; } = new();

    /// <summary>By <see cref="OutcomeKind"/>; successes are in <see cref="Statuses"/>, and for TCP in the first cell.</summary>
    public long[] Outcomes { get; } = new long[Enum.GetValues<OutcomeKind>().Length];

    public ResponseTimes Times { get; } = new();

    public LatencyHistogram Latency { get; } = new();

    /// <summary>A response, or the beginning of one, went to its client.</summary>
    /// <param name="microseconds">From the request on.</param>
    /// <param name="bytes">Of the response.</param>
    public void Answered(int status, long microseconds, long bytes)
    {
        Statuses.Add(status);
        Latency.Record(microseconds);
        BytesReceived += bytes;
    }
}
