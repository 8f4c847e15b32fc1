using System.Net.Sockets;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>One loop's part of a listener: accepts, counts, and hands each client to the protocol.</summary>
internal sealed class LoopListener : IConnectionHandler
{
    private const int EvictionsPerTurn = 16;
    private const int EvictionsPerClient = 2;

    private readonly ConnectionGauge _gauge;
    private readonly ConnectionGauge _nodeGauge;
    private readonly LoopListeners _siblings;
    private readonly IReadOnlyList<IAcceptStage> _stages;
    private readonly ClientTable _clients = new();
    // Accepted in the moment in which another loop took the last place; with where their address was counted.
    private readonly Queue<(Connection Connection, ClientGauge CountedBy)> _waiting = new();
    private ClientGauge _clientGauge;

    // Null before the first, and between two.
    private IListener? _socket;
    private bool _isClosing;
    private bool _isRemoved;
    private volatile bool _isMember;

    /// <param name="loop">Where it is served.</param>
    /// <param name="siblings">The loop's other listeners.</param>
    /// <param name="gauge">Connections of this listener, on all loops.</param>
    /// <param name="nodeGauge">Of all listeners.</param>
    /// <param name="clientGauge">By client.</param>
    /// <param name="protocol">What is spoken here.</param>
    /// <param name="stages">What a connection goes through first, in this order.</param>
    public LoopListener(EventLoop loop, LoopListeners siblings, ListenerConfig config, ConnectionGauge gauge, ConnectionGauge nodeGauge,
        ClientGauge clientGauge, IProtocol protocol, IReadOnlyList<IAcceptStage> stages)
    {
        (Loop, _siblings, Config) = (loop, siblings, config);
        (_gauge, _nodeGauge, _clientGauge) = (gauge, nodeGauge, clientGauge);
        (Protocol, _stages) = (protocol, stages);
    }

    public EventLoop Loop { get; }

    public IProtocol Protocol { get; private set; }

    public ListenerConfig Config { get; private set; }

    public ListenerCounters Counters { get; } = new();

    public bool IsFull => _gauge.Pressure == Pressure.Full || _nodeGauge.Pressure == Pressure.Full;

    /// <summary>Connections of the address that has most here.</summary>
    public int MostOfOneAddress => _clients.Most;

    public int ActiveClients => _clients.Count;

    /// <summary>No client comes any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Its loop has to do with it; not before its first socket, and no more once its last client has left. Any thread.</summary>
    public bool IsMember => _isMember;

    /// <summary>What it listens with; none between two.</summary>
    public IReadOnlyList<Socket> Sockets => _socket?.Sockets ?? [];

    /// <summary>Clients come by this socket from now on; who is in the queue of the one before is served.</summary>
    public void Take(IListener socket)
    {
        (var before, _socket) = (_socket, socket);
        socket.GiveTo(this);
        (_isClosing, _isRemoved, IsClosed) = (false, false, false);
        if (!_isMember)
        {
            _isMember = true;
            _gauge.Join(this);
            _nodeGauge.Join(this);
            _siblings.Add(this);
        }

        before?.Close();
    }

    /// <summary>Gives its socket away, with whoever waits in its queue; null when there is none.</summary>
    public IListener? Release()
    {
        (var released, _socket) = (_socket, null);
        return released;
    }

    /// <summary>Goes by another configuration from now on; what has begun ends as it began.</summary>
    /// <param name="clientGauge">Counts who comes from now on.</param>
    /// <param name="another">Makes a protocol of the new kind, when it is another one, which counts on there.</param>
    public void Follow(ListenerConfig config, ClientGauge clientGauge, Func<TrafficCounters, IProtocol> another)
    {
        (Config, _clientGauge) = (config, clientGauge);
        if (!Protocol.TryFollow(config)) Protocol = another(Protocol.Traffic);
    }

    /// <summary>It is configured no more: nobody comes, and when the last client has left it leaves, too.</summary>
    public void Remove()
    {
        StopAccepting();
        Drain();
        _isRemoved = true;
    }

    /// <summary>Called every 100 ms on the loop.</summary>
    /// <returns>True when it has left, for whoever holds it to forget it.</returns>
    public bool TryLeave()
    {
        if (!_isRemoved || _clients.Count > 0) return false;
        _gauge.Part(this);
        _nodeGauge.Part(this);
        _isMember = false;
        return true;
    }

    public void Resume()
    {
        // Looked at first: a place taken and given back would bring this about again.
        while (_waiting.Count > 0 && !IsFull && TryTakePlace())
        {
            var (connection, countedBy) = _waiting.Dequeue();
            Serve(connection, countedBy);
        }

        if (!IsFull) _socket?.Resume();
    }

    /// <summary>Nobody comes any more; who is here stays as long as it would.</summary>
    public void StopAccepting()
    {
        TakeLast();
        IsClosed = true;
    }

    /// <summary>
    /// Clients come to another process from now on, which has the same sockets. Who has been told that its connect succeeded, and is still
    /// in the queue, is served here or there, whatever the limit.
    /// </summary>
    public void TakeLast()
    {
        _isClosing = true;
        while (_waiting.TryDequeue(out var waiting)) ServeAnyway(waiting.Connection, waiting.CountedBy);
        _socket?.Close();
        _socket = null;
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
    public int Cut(Backend backend) => _clients.ToList().Count(client => client.Cut(backend));

    public void Accepted(Connection connection)
    {
        var countedBy = _clientGauge;
        if (!countedBy.TryOpen(connection.Peer))
        {
            Counters.Accepted++;
            Counters.ClientRejections++;
            connection.Abort();
        }
        else if (_isClosing)
        {
            ServeAnyway(connection, countedBy);
        }
        else if (TryTakePlace())
        {
            Serve(connection, countedBy);
        }
        else
        {
            _waiting.Enqueue((connection, countedBy));
            _socket?.Pause();
        }
    }

    /// <summary>
    /// Called every 100 ms on the loop: at the limit nobody accepts, so what the accepting does for those who come is done for those who
    /// wait.
    /// </summary>
    public void MakeRoom()
    {
        if (IsFull && (_waiting.Count > 0 || _socket?.HasWaiting == true)) MakeRoom(_gauge.Pressure, _nodeGauge.Pressure, EvictionsPerTurn);
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
        client.CountedBy!.Close(peer);
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
        var countedBy = arrival.CountedBy!;
        if (connection.Peer.Owner != accepted.Owner)
        {
            countedBy = _clientGauge;
            if (!countedBy.TryOpen(connection.Peer))
            {
                Counters.ClientRejections++;
                connection.Abort();
                Closed(arrival, accepted);
                return null;
            }

            arrival.CountedBy!.Close(accepted);
        }

        _clients.Remove(arrival);
        var client = Protocol.Accept(this, connection);
        client.CountedBy = countedBy;
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

    private void ServeAnyway(Connection connection, ClientGauge countedBy)
    {
        _gauge.Open();
        _nodeGauge.Open();
        Serve(connection, countedBy);
    }

    /// <summary>In the place that was taken for it.</summary>
    private void Serve(Connection connection, ClientGauge countedBy)
    {
        Counters.Accepted++;
        Counters.Active++;
        var (own, node) = (_gauge.Pressure, _nodeGauge.Pressure);
        if (own == Pressure.Full || node == Pressure.Full) _socket?.Pause();
        ClientConnection client = _stages.Count == 0 ? Protocol.Accept(this, connection) : new Arrival(this, _stages, connection);
        client.CountedBy = countedBy;
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
