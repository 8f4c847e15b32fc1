using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>What one loop did with one backend. Written by the loop, read by anyone.</summary>
internal sealed class BackendCounters
{
    private static readonly int s_outcomes = Enum.GetValues<OutcomeKind>().Length;

    /// <summary>Of a backend with which a loop has done nothing.</summary>
    public static readonly BackendCounters None = new();

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
    public long[] Outcomes { get; } = new long[s_outcomes];

    public ResponseTimes Times { get; } = new();

    /// <summary>To the end of a response, or of a TCP connection.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>To the beginning of a response, or to the first byte that a TCP client's backend says.</summary>
    public LatencyHistogram FirstBytes { get; } = new();

    /// <summary>A response, or the beginning of one, went to its client.</summary>
    public void Answered(RequestRecord record)
    {
        Statuses.Add(record.Status);
        Latency.Record(record.ElapsedMicroseconds);
        FirstBytes.Record(record.FirstByteMicroseconds);
        BytesReceived += record.ResponseBytes;
    }
}
