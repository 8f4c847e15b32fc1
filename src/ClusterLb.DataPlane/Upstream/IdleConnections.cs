using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>
/// Kept-alive connections of one loop to one backend. The last one returned is the first one used, so that surplus ones grow old and are
/// closed. A connection that says anything while idle, or that its backend closed, is never used again.
/// </summary>
internal sealed class IdleConnections(BackendCounters counters) : IHangupObserver
{
    private readonly List<(Connection Connection, long Since)> _idle = [];
    private int _counted;

    public bool TryTake(out Connection connection)
    {
        while (_idle.Count > 0)
        {
            connection = _idle[^1].Connection;
            _idle.RemoveAt(_idle.Count - 1);
            Count();
            connection.HangupObserver = null;
            if (!connection.IsClosed && !connection.MayReceive) return true;
            connection.Close();
        }

        connection = null!;
        return false;
    }

    public void Put(Connection connection)
    {
        if (connection.IsClosed || connection.MayReceive)
        {
            connection.Close();
            return;
        }

        connection.HangupObserver = this;
        _idle.Add((connection, connection.Loop.Now));
        Count();
    }

    /// <summary>Closes those idle since before the given time.</summary>
    public void CloseOlderThan(long since)
    {
        var expired = 0;
        while (expired < _idle.Count && (_idle[expired].Since < since || _idle[expired].Connection.IsClosed))
            _idle[expired++].Connection.Close();
        _idle.RemoveRange(0, expired);
        Count();
    }

    /// <summary>Closes all, for a backend that gets no more work: one that does not close its side is reset.</summary>
    public void LeaveAll()
    {
        foreach (var (connection, _) in _idle) connection.Leave();
        _idle.Clear();
        Count();
    }

    /// <summary>Closes the oldest; how many there were to close, at most so many.</summary>
    public void CloseOldest(int most)
    {
        var closing = Math.Min(most, _idle.Count);
        for (var i = 0; i < closing; i++) _idle[i].Connection.Close();
        _idle.RemoveRange(0, closing);
        Count();
    }

    /// <summary>Another pool of this loop may count there as well: the one that takes this one's place.</summary>
    private void Count()
    {
        counters.IdleConnections += _idle.Count - _counted;
        _counted = _idle.Count;
    }

    void IHangupObserver.PeerClosed(Connection connection, bool broken) => connection.Close();
}
