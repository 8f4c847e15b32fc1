using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http;

/// <summary>One HTTP/1.1 client from accept to close. Between requests it holds no buffer: this object and its socket are all an idle client costs.</summary>
internal sealed class HttpConnection(LoopListener listener, HttpSettings settings, Connection client) : IClientConnection
{
    // A client that was not told yet that the node leaves may be sending its next request: after the listeners close it has so long to come.
    private const int LastRequestMilliseconds = 1_000;

    private bool _idle;
    private HttpExchange? _exchange;

    public async LoopTask<bool> ServeAsync()
    {
        try
        {
            while (true)
            {
                _idle = true;
                var ready = await client.WaitReadableAsync(client.Loop.Now + (listener.IsClosed ? LastRequestMilliseconds : settings.KeepAlive));
                _idle = false;
                if (ready != IoResult.Ready) return true;
                _exchange = listener.Exchanges.Rent();
                // False as well when the response said that it is the connection's last, as all do while the node drains.
                var keepAlive = await _exchange.ServeAsync(client);
                listener.Exchanges.Return(_exchange);
                _exchange = null;
                if (!keepAlive) return true;
            }
        }
        finally
        {
            client.Close();
            listener.Closed(this, client.Peer);
        }
    }

    public void Drain()
    {
        if (_idle && listener.IsClosed) client.RestartReadDeadline(client.Loop.Now + LastRequestMilliseconds);
    }

    public bool Cut(Backend backend) => _exchange?.Cut(backend) == true;

    public void Close()
    {
        client.Close();
        _exchange?.Abandon();
    }
}
