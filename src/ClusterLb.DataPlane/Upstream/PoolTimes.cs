using ClusterLb.Core.Configuration;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>A pool's timeouts in the loop's milliseconds, so that no request converts them.</summary>
internal sealed class PoolTimes(PoolConfig config)
{
    public long Connect { get; } = (long)config.Timeouts.Connect.TotalMilliseconds;

    public long Response { get; } = (long)config.Timeouts.Response.TotalMilliseconds;

    public long Idle { get; } = (long)config.Timeouts.Idle.TotalMilliseconds;

    public long Tunnel { get; } = (long)config.Timeouts.Tunnel.TotalMilliseconds;

    public long Queue { get; } = (long)config.Queue.Timeout.TotalMilliseconds;
}
