using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>One loop's kept-alive connections to the backends of one pool. Used on its loop.</summary>
/// <param name="countersFor">Where those of a backend are counted.</param>
internal sealed class PoolIdleConnections(Pool pool, Func<Backend, BackendCounters> countersFor)
{
    private const int ShedPerBackend = 16;

    /// <summary>By index; null until one comes back.</summary>
    private readonly IdleConnections?[] _idle = new IdleConnections?[pool.Members.Count];
    private bool _isOver;

    /// <summary>One to use again, or null.</summary>
    public Connection? Take(Backend backend)
    {
        if (_idle[backend.Index] is not { } idle || !idle.TryTake(out var connection)) return null;
        countersFor(backend).Reuses++;
        return connection;
    }

    public void Put(Backend backend, Connection connection)
    {
        var idle = _idle[backend.Index] ??= new IdleConnections(countersFor(backend));
        idle.Put(connection);
        if (_isOver) idle.LeaveAll();
    }

    /// <summary>Closes all, and from now on what comes back: nobody takes from here any more.</summary>
    public void End()
    {
        _isOver = true;
        Leave();
    }

    /// <summary>Gives descriptors back: closes the oldest of every backend.</summary>
    public void Shed()
    {
        foreach (var idle in _idle) idle?.CloseOldest(ShedPerBackend);
    }

    /// <summary>Closes those idle since before the given time, and all to backends that get no more work.</summary>
    public void CloseExpired(long since)
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not { } idle) continue;
            if (IsOutOfWork(pool.Members[i])) idle.LeaveAll();
            else idle.CloseOlderThan(since);
        }
    }

    /// <summary>Closes those to one backend, whatever of its configuration changed since they were made.</summary>
    public void Leave(Backend backend)
    {
        if (pool.Find(backend.Name) is { } same && same.IsSameServerAs(backend)) _idle[same.Index]?.LeaveAll();
    }

    /// <summary>Closes all.</summary>
    public void Leave()
    {
        foreach (var idle in _idle) idle?.LeaveAll();
    }

    /// <summary>
    /// Not those that real traffic or the path keep away for a moment, that failing open still uses, or whose sessions are honoured while
    /// they drain.
    /// </summary>
    private bool IsOutOfWork(Backend backend) => backend.Effective switch
    {
        EffectiveState.Drained or EffectiveState.Maintenance => true,
        EffectiveState.Draining => pool.Config.Sticky.By == StickyBy.None,
        EffectiveState.Down => !pool.Eligible.Contains(backend),
        _ => false,
    };
}
