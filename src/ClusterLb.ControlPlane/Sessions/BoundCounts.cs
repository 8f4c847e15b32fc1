using ClusterLb.Core.Backends;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// How many sessions each backend has, counted when asked, but so that counting takes at most a twentieth of the time. Any thread.
/// </summary>
/// <param name="table">Counted over.</param>
public sealed class BoundCounts(BindingTable table, TimeProvider time)
{
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(50);

    private readonly Lock _counting = new();
    private IReadOnlyDictionary<ulong, int>? _counts;
    private long _countedAt;
    private TimeSpan _lasts;

    public int Of(Backend backend)
    {
        lock (_counting)
        {
            if (_counts is null || time.GetElapsedTime(_countedAt) >= _lasts) Count();
            return _counts!.GetValueOrDefault(backend.Key);
        }
    }

    private void Count()
    {
        var began = time.GetTimestamp();
        _counts = table.CountByBackend((uint)time.GetUtcNow().ToUnixTimeSeconds());
        _countedAt = time.GetTimestamp();
        _lasts = TimeSpan.FromTicks(Math.Max(s_least.Ticks, 20 * time.GetElapsedTime(began, _countedAt).Ticks));
    }
}
