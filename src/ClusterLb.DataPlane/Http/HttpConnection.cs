using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http;

/// <summary>One HTTP/1.1 client from accept to close. Between requests it holds no buffer: this object and its socket are all an idle client costs.</summary>
internal sealed class HttpConnection(LoopListener listener, HttpSettings settings, Connection client) : IClientConnection
{
    private bool _idle;
    private HttpExchange? _exchange;

    public async LoopTask<bool> ServeAsync()
    {
        try
        {
            while (!listener.Worker.IsDraining)
            {
                _idle = true;
                var ready = await client.WaitReadableAsync(client.Loop.Now + settings.KeepAlive);
                _idle = false;
                if (ready != IoResult.Ready) return true;
                _exchange = listener.Exchanges.Rent();
                var keepAlive = await _exchange.ServeAsync(client);
                listener.Exchanges.Return(_exchange);
                _exchange = null;
                if (!keepAlive) return true;
            }

            return true;
        }
        finally
        {
            client.Close();
            listener.Closed(this, client.Peer);
        }
    }

    public void Drain()
    {
        if (_idle) client.Close();
    }

    public bool Cut(Backend backend) => _exchange?.Cut(backend) == true;

    public void Close()
    {
        client.Close();
        _exchange?.Abandon();
    }
}
