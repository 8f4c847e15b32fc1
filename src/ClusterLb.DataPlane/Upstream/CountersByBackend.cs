using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>
/// What one loop did with each backend of a pool. Counters are made with their first use, for a loop has no time to make thousands when a
/// pool is replaced. Written on its loop, read by anyone.
/// </summary>
internal sealed class CountersByBackend
{
    private readonly Pool _pool;

    /// <summary>By index; null where nothing was counted yet.</summary>
    private readonly BackendCounters?[] _counters;
    private CountersByBackend? _after;

    /// <param name="before">Of the pool whose place this one takes: servers that stay go on counting there; null = it takes none.</param>
    public CountersByBackend(Pool pool, CountersByBackend? before)
    {
        (_pool, _counters) = (pool, new BackendCounters?[pool.Members.Count]);
        if (before is null) return;
        for (var i = 0; i < _counters.Length; i++) _counters[i] = before.KnownOf(pool.Members[i]);
        before._after = this;
    }

    /// <summary>What was counted so far. Any thread.</summary>
    public BackendCounters Of(Backend backend) => Volatile.Read(ref _counters[backend.Index]) ?? BackendCounters.None;

    /// <summary>To count in.</summary>
    public BackendCounters For(Backend backend) => _counters[backend.Index] ?? Make(backend);

    /// <summary>Who is under way here counts where the pool does that has taken this one's place.</summary>
    private BackendCounters Make(Backend backend)
    {
        var counters = _after?.OfServer(backend) ?? new BackendCounters();
        Volatile.Write(ref _counters[backend.Index], counters);
        return counters;
    }

    private BackendCounters? OfServer(Backend backend) => Find(backend) is { } same ? For(same) : null;

    private BackendCounters? KnownOf(Backend backend) => Find(backend) is { } same ? _counters[same.Index] : null;

    /// <summary>A server that stays has its name, and mostly its place.</summary>
    private Backend? Find(Backend backend)
    {
        if (backend.Index < _counters.Length && _pool.Members[backend.Index] is var placed && placed.IsSameServerAs(backend)) return placed;
        return _pool.Find(backend.Name) is { } named && named.IsSameServerAs(backend) ? named : null;
    }
}
