namespace ClusterLb.DataPlane.Telemetry;

/// <summary>What one loop did for one listener. Written by the loop, read by anyone.</summary>
internal sealed class ListenerCounters
{
    public long Accepted;
    public long Active;
    public long AcceptFailures;
    public long ClientRejections;
    public long Evictions;
    public long BytesReceived;
    public long BytesSent;

    /// <summary>Answers this proxy gave itself, no backend involved.</summary>
    public StatusCounts OwnAnswers { get; } = new();
}
