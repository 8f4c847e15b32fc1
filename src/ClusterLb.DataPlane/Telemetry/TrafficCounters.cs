namespace ClusterLb.DataPlane.Telemetry;

/// <summary>What the clients of one listener said and were told on one loop. Written by the loop, read by anyone.</summary>
internal sealed class TrafficCounters
{
    public long BytesReceived;
    public long BytesSent;

    /// <summary>Answers this proxy gave itself, no backend involved.</summary>
    public StatusCounts OwnAnswers { get; } = new();

    public RouteCounts Routes { get; } = new();

    /// <summary>A request has ended, whatever became of it.</summary>
    public void Ended(RequestRecord record)
    {
        BytesReceived += record.RequestBytes;
        BytesSent += record.ResponseBytes;
        record.Count?.Add(record.Status);
    }
}
