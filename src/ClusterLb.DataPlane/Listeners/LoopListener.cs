using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>One loop's part of a listener: accepts, counts, and hands each client to the protocol.</summary>
internal sealed class LoopListener : IConnectionHandler
{
    private const int EvictionsPerTurn = 16;
    private const int EvictionsPerClient = 2;

    private readonly ConnectionGauge _gauge;
    private readonly ConnectionGauge _nodeGauge;
    private readonly ClientGauge _clientGauge;
    private readonly LoopListeners _siblings;
    private readonly IReadOnlyList<IAcceptStage> _stages;
    private readonly ClientTable _clients = new();
    // Accepted in the moment in which another loop took the last place.
    private readonly Queue<Connection> _waiting = new();
    private IListener _socket = null!;
    private bool _isClosing;

    /// <param name="loop">Where it is served.</param>
    /// <param name="siblings">The loop's other listeners.</param>
    /// <param name="gauge">Connections of this listener, on all loops.</param>
    /// <param name="nodeGauge">Of all listeners.</param>
    /// <param name="clientGauge">By client.</param>
    /// <param name="protocol">What is spoken here.</param>
    /// <param name="stages">What a connection goes through first, in this order.</param>
    public LoopListener(EventLoop loop, LoopListeners siblings, ListenerConfig config, ConnectionGauge gauge, ConnectionGauge nodeGauge,
        ClientGauge clientGauge,
        IProtocol protocol, IReadOnlyList<IAcceptStage> stages)
    {
        (Loop, _siblings, Config) = (loop, siblings, config);
        (_gauge, _nodeGauge, _clientGauge) = (gauge, nodeGauge, clientGauge);
        (Protocol, _stages) = (protocol, stages);
    }

    public EventLoop Loop { get; }

    public IProtocol Protocol { get; }

    public ListenerConfig Config { get; }

    public ListenerCounters Counters { get; } = new();

    public bool IsFull => _gauge.Pressure == Pressure.Full || _nodeGauge.Pressure == Pressure.Full;

    /// <summary>Connections of the address that has most here.</summary>
    public int MostOfOneAddress => _clients.Most;

    public int ActiveClients => _clients.Count;

    /// <summary>No client comes any more.</summary>
    public bool IsClosed { get; private set; }

    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public IListener Bind(System.Net.IPEndPoint endPoint, bool alsoIPv4)
    {
        _socket = Loop.Listen(endPoint, alsoIPv4, this);
        _gauge.Join(this);
        _nodeGauge.Join(this);
        _siblings.Add(this);
        return _socket;
    }

    public void Resume()
    {
        // Looked at first: a place taken and given back would bring this about again.
        while (_waiting.Count > 0 && !IsFull && TryTakePlace()) Serve(_waiting.Dequeue());
        if (!IsFull) _socket.Resume();
    }

    /// <summary>Who has been told that its connect succeeded is served, whatever the limit.</summary>
    public void StopAccepting()
    {
        _isClosing = true;
        while (_waiting.TryDequeue(out var connection)) ServeAnyway(connection);
        _socket.Close();
        IsClosed = true;
    }

    /// <summary>
    /// Clients between two requests have a moment for a last one once the listener is closed; busy ones end after their current work.
    /// </summary>
    public void Drain()
    {
        foreach (var client in _clients.ToList()) client.Drain();
    }

    public void CloseAll()
    {
        foreach (var client in _clients.ToList()) client.Close();
    }

    /// <summary>Ends the current work of every client that is on this backend; how many there were.</summary>
    public int Cut(Backend backend)
    {
        var cut = 0;
        foreach (var client in _clients.ToList()) cut += client.Cut(backend) ? 1 : 0;
        return cut;
    }

    public void Accepted(Connection connection)
    {
        if (!_clientGauge.TryOpen(connection.Peer))
        {
            Counters.Accepted++;
            Counters.ClientRejections++;
            connection.Abort();
        }
        else if (_isClosing)
        {
            ServeAnyway(connection);
        }
        else if (TryTakePlace())
        {
            Serve(connection);
        }
        else
        {
            _waiting.Enqueue(connection);
            _socket.Pause();
        }
    }

    /// <summary>
    /// Called every 100 ms on the loop: at the limit nobody accepts, so what the accepting does for those who come is done for those who
    /// wait.
    /// </summary>
    public void MakeRoom()
    {
        if (IsFull && (_waiting.Count > 0 || _socket.HasWaiting)) MakeRoom(_gauge.Pressure, _nodeGauge.Pressure, EvictionsPerTurn);
    }

    /// <summary>Lets the client go that may go first.</summary>
    public Eviction Evict(Pressure pressure)
    {
        var found = _clients.FindVictim(pressure, Loop.Now, out var victim);
        if (victim is null) return found;
        _clients.Remove(victim);
        Counters.Evictions++;
        victim.Evict();
        return found;
    }

    public void AcceptFailed(string reason)
    {
        Counters.AcceptFailures++;
        _siblings.ShedIdle();
    }

    /// <summary>Every client says so once, when it is done.</summary>
    public void Closed(ClientConnection client, PeerAddress peer)
    {
        _clients.Remove(client);
        Counters.Active--;
        _clientGauge.Close(peer);
        _gauge.Close();
        _nodeGauge.Close();
    }

    /// <summary>
    /// A client has passed all stages: its protocol serves it in the same place. Null when a stage found out whose it is, and that one has
    /// too many.
    /// </summary>
    /// <param name="arrival">In whose place.</param>
    /// <param name="accepted">As whose it was counted.</param>
    public ClientConnection? Admit(Arrival arrival, PeerAddress accepted, Connection connection)
    {
        if (connection.Peer.Owner != accepted.Owner)
        {
            if (!_clientGauge.TryOpen(connection.Peer))
            {
                Counters.ClientRejections++;
                connection.Abort();
                Closed(arrival, accepted);
                return null;
            }

            _clientGauge.Close(accepted);
        }

        _clients.Remove(arrival);
        var client = Protocol.Accept(this, connection);
        _clients.Add(client, connection.Peer);
        return client;
    }

    private bool TryTakePlace()
    {
        if (!_gauge.TryOpen()) return false;
        if (_nodeGauge.TryOpen()) return true;
        _gauge.Close();
        return false;
    }

    private void ServeAnyway(Connection connection)
    {
        _gauge.Open();
        _nodeGauge.Open();
        Serve(connection);
    }

    /// <summary>In the place that was taken for it.</summary>
    private void Serve(Connection connection)
    {
        Counters.Accepted++;
        Counters.Active++;
        var (own, node) = (_gauge.Pressure, _nodeGauge.Pressure);
        if (own == Pressure.Full || node == Pressure.Full) _socket.Pause();
        ClientConnection client = _stages.Count == 0 ? Protocol.Accept(this, connection) : new Arrival(this, _stages, connection);
        _clients.Add(client, connection.Peer);
        Loop.Launch(client.ServeAsync());
        // One for one near a limit; two while it is tight, so that it does not stay so.
        var shared = Worst(node, _siblings.DescriptorPressure());
        MakeRoom(own, shared, Math.Min((int)Worst(own, shared), EvictionsPerClient));
    }

    private void MakeRoom(Pressure own, Pressure shared, int most)
    {
        for (var left = most; left > 0; left--)
        {
            var done = own >= shared ? Evict(own) : Eviction.None;
            if (done == Eviction.None && shared != Pressure.None) done = _siblings.Evict(shared);
            if (done != Eviction.Evicted) return;
        }
    }

    private static Pressure Worst(Pressure one, Pressure other) => one > other ? one : other;
}
