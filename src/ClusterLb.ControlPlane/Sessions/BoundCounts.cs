using ClusterLb.Core.Backends;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>How many sessions each backend has, counted at most once a second. Any thread.</summary>
/// <param name="table">Counted over.</param>
/// <param name="time">The clock.</param>
public sealed class BoundCounts(BindingTable table, TimeProvider time)
{
    private static readonly TimeSpan s_lasts = TimeSpan.FromSeconds(1);

    private readonly Lock _counting = new();
    private IReadOnlyDictionary<ulong, int>? _counts;
    private long _countedAt;

    public int Of(Backend backend)
    {
        lock (_counting)
        {
            if (_counts is null || time.GetElapsedTime(_countedAt) >= s_lasts)
                (_counts, _countedAt) = (table.CountByBackend((uint)time.GetUtcNow().ToUnixTimeSeconds()), time.GetTimestamp());
            return _counts.GetValueOrDefault(backend.Key);
        }
    }
}
