namespace ClusterLb.DataPlane.Upstream;

/// <summary>What one loop did for one pool, apart from its backends. Written by the loop, read by anyone.</summary>
internal sealed class PoolCounters
{
    public long Queued;
    public long QueueTimeouts;
    public long QueueRejections;
    public long NoBackend;
    public long RetryBudgetExhausted;
}
