namespace ClusterLb.Node.Admin;

internal enum NodePhase
{
    Starting,
    Ready,
    Draining,
}

/// <summary>How far the node is in its life. Written by the host, read by the admin port.</summary>
internal sealed class NodeState(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private volatile NodePhase _phase;

    public NodePhase Phase
    {
        get => _phase;
        set => _phase = value;
    }

    public TimeSpan Uptime => time.GetElapsedTime(_started);
}
