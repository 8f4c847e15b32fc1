using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// One HTTP/1.1 client from accept to close. Between requests it holds no buffer: this object and its socket are all an idle client costs.
/// </summary>
internal sealed class HttpConnection(LoopListener listener, HttpProtocol protocol, Connection client) : ClientConnection
{
    // A client that was not told yet that the node leaves may be sending its next request: after the listeners close it has so long to
    // come.
    private const int LastRequestMilliseconds = 1_000;

    private long _waitsFrom = long.MaxValue;
    private Http1Downstream? _requests;
    private bool _isLingering;

    /// <summary>One whose next request has come already is not idle, though nobody has looked yet.</summary>
    public override long WaitsFrom => IsIdle && client.MayReceive ? long.MaxValue : _waitsFrom;

    public override long StallsFrom => Math.Min(
        client.SendDeadline - protocol.Services.Settings.BodyIdle ?? long.MaxValue, _requests?.Exchange.StallsFrom ?? long.MaxValue);

    /// <summary>Its listener is closed: nobody is served here for long.</summary>
    public bool IsLast => listener.IsClosed;

    private bool IsIdle => _requests is null;

    public override async LoopTask<bool> ServeAsync()
    {
        client.HangupObserver = this;
        try
        {
            for (var isFirst = true; ; isFirst = false)
            {
                Waits(client.Loop.Now);
                var patience = listener.IsClosed ? LastRequestMilliseconds : protocol.Services.Settings.KeepAlive;
                var ready = await client.WaitReadableAsync(client.Loop.Now + patience);
                Works();
                if (ready != IoResult.Ready) return true;
                HasReturned = !isFirst;
                _requests = protocol.Rent();
                // False as well when the response said that it is the connection's last, as all do while the node drains.
                var keepAlive = await _requests.ServeAsync(client, this);
                protocol.Return(_requests);
                _requests = null;
                if (!keepAlive) return true;
            }
        }
        finally
        {
            client.Close();
            listener.Closed(this, client.Peer);
        }
    }

    /// <summary>The client owes us the rest of a request since then, monotonic milliseconds.</summary>
    public void Waits(long since) => _waitsFrom = since;

    /// <summary>All is said: only the client's end is waited for, and others may need its room.</summary>
    public void Lingers()
    {
        _isLingering = true;
        Waits(client.Loop.Now);
    }

    /// <summary>The client owes us nothing.</summary>
    public void Works() => _waitsFrom = long.MaxValue;

    public override void Drain()
    {
        if (IsIdle && listener.IsClosed) client.RestartReadDeadline(client.Loop.Now + LastRequestMilliseconds);
    }

    public override void PeerClosed(Connection connection, bool broken) => _requests?.Exchange.ClientLeft(broken);

    public override bool Cut(Backend backend) => _requests?.Exchange.Cut(backend) == true;

    public override void Close()
    {
        client.Close();
        _requests?.Exchange.Abandon();
    }

    public override void Evict()
    {
        // What is under way is cut short, and must not look as if it had ended well. An idle client gets its FIN; one that lingers has it
        // already, and may not have read its answer yet.
        if (!IsIdle && !_isLingering) client.Abort();
        Close();
    }
}
