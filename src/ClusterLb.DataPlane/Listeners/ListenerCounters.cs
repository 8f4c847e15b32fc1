namespace ClusterLb.DataPlane.Listeners;

/// <summary>What one loop did for one listener. Written by the loop, read by anyone.</summary>
internal sealed class ListenerCounters
{
    public long Accepted;
    public long Active;
    public long AcceptFailures;
    public long ClientRejections;
    public long Evictions;
}
