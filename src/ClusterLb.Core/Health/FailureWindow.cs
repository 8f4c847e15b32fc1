using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Health;

/// <summary>The times of a backend's latest failures, exact and of constant size. Owned by its pool's writers; not thread-safe.</summary>
internal sealed class FailureWindow(PassiveConfig config)
{
    private readonly long[] _times = new long[config.Failures];
    private readonly long _windowMilliseconds = (long)config.Window.TotalMilliseconds;
    private int _count;
    private int _next;

    /// <summary>Notes a failure; true when this many failures lie within the window, the new one included.</summary>
    public bool Add(long nowMilliseconds)
    {
        _times[_next] = nowMilliseconds;
        _next = (_next + 1) % _times.Length;
        _count = Math.Min(_count + 1, _times.Length);
        // The ring is as long as the threshold, so once it is full the slot to be written next holds the oldest that matters.
        return _count == _times.Length && nowMilliseconds - _times[_next] < _windowMilliseconds;
    }

    public void Clear() => _count = 0;
}
