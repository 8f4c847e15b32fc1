using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Http;
using ClusterLb.DataPlane.Tcp;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>One loop's part of a listener: accepts, counts, and hands each client to the protocol.</summary>
internal sealed class LoopListener : IConnectionHandler
{
    private readonly ConnectionGauge _gauge;
    private readonly ConnectionGauge _nodeGauge;
    private readonly ClientGauge _clientGauge;
    private readonly HttpSettings? _http;
    private readonly HashSet<IClientConnection> _clients = [];
    private RoutingTable _table = RoutingTable.Empty;
    private ListenerRoutes? _routes;
    private IListener _socket = null!;

    public LoopListener(Worker worker, ListenerConfig config, ConnectionGauge gauge, ConnectionGauge nodeGauge, ClientGauge clientGauge, NodeConfig node)
    {
        Worker = worker;
        Config = config;
        _gauge = gauge;
        _nodeGauge = nodeGauge;
        _clientGauge = clientGauge;
        if (config.Protocol != ListenerProtocol.Http) return;
        _http = new HttpSettings(config, node);
        Exchanges = new HttpExchangePool(this, _http);
    }

    public Worker Worker { get; }

    public ListenerConfig Config { get; }

    public ListenerCounters Counters { get; } = new();

    public bool IsFull => _gauge.IsFull || _nodeGauge.IsFull;

    /// <summary>Of an HTTP listener.</summary>
    public HttpExchangePool Exchanges { get; } = null!;

    public int ActiveClients => _clients.Count;

    /// <summary>No client comes any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The routes of the current table. A table that does not know this listener any more leaves it with what it last had.</summary>
    public ListenerRoutes? Routes
    {
        get
        {
            var table = Worker.Tables.Current;
            if (ReferenceEquals(table, _table)) return _routes;
            _table = table;
            if (table.Listeners.TryGetValue(Config.Name, out var routes)) _routes = routes;
            return _routes;
        }
    }

    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public IListener Bind(System.Net.IPEndPoint endPoint)
    {
        _socket = Worker.Loop.Listen(endPoint, this);
        _gauge.Join(this);
        _nodeGauge.Join(this);
        return _socket;
    }

    public void Resume()
    {
        if (!IsFull) _socket.Resume();
    }

    public void StopAccepting()
    {
        _socket.Close();
        IsClosed = true;
    }

    /// <summary>Clients between two requests have a moment for a last one once the listener is closed; busy ones end after their current work.</summary>
    public void Drain()
    {
        foreach (var client in _clients.ToArray()) client.Drain();
    }

    public void CloseAll()
    {
        foreach (var client in _clients.ToArray()) client.Close();
    }

    /// <summary>Ends the current work of every client that is on this backend; how many there were.</summary>
    public int Cut(Backend backend)
    {
        var cut = 0;
        foreach (var client in _clients) cut += client.Cut(backend) ? 1 : 0;
        return cut;
    }

    public void Accepted(Connection connection)
    {
        Counters.Accepted++;
        if (!_clientGauge.TryOpen(connection.Peer))
        {
            Counters.ClientRejections++;
            connection.Abort();
            return;
        }

        Counters.Active++;
        if (_gauge.Open() | _nodeGauge.Open()) _socket.Pause();
        IClientConnection client = _http is null ? new TcpConnection(this, connection) : new HttpConnection(this, _http, connection);
        _clients.Add(client);
        Worker.Loop.Launch(client.ServeAsync());
    }

    public void AcceptFailed(string reason)
    {
        Counters.AcceptFailures++;
        Worker.ShedIdle();
    }

    /// <summary>Every client says so once, when it is done.</summary>
    public void Closed(IClientConnection client, PeerAddress peer)
    {
        _clients.Remove(client);
        Counters.Active--;
        _clientGauge.Close(peer);
        _gauge.Close();
        _nodeGauge.Close();
    }
}

/// <summary>A client being served, as its listener sees it. Used on its loop.</summary>
internal interface IClientConnection
{
    /// <summary>Runs from accept to close; never throws for what a peer did.</summary>
    LoopTask<bool> ServeAsync();

    /// <summary>Ends as soon as nothing is under way.</summary>
    void Drain();

    /// <summary>Ends its current work if that is on this backend, and its connection with it unless another answer is possible; false when it is not. It goes on from the loop's next turn only.</summary>
    bool Cut(Backend backend);

    void Close();
}
