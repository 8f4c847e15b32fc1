using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>
/// The response times of a backend as one loop sees them. The first few tell of new connections and of code that runs for the first time
/// rather than of the backend, and would be remembered for many seconds, so the best of them stands for all.
/// </summary>
internal sealed class ResponseTimes
{
    private const int First = 4;

    private long _best = long.MaxValue;
    private int _seen;

    /// <param name="load">What learns.</param>
    /// <param name="microseconds">From the connection with the backend to its response's head.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public void Observe(BackendLoad load, long microseconds, long nowMilliseconds)
    {
        // 0 would be no observation.
        var time = Math.Max(1, microseconds);
        if (_seen < First)
        {
            time = _best = Math.Min(_best, time);
            if (++_seen < First) return;
        }

        PeakEwma.Observe(load, time, nowMilliseconds);
    }
}
