using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Listeners;

namespace ClusterLb.DataPlane;

/// <summary>One listener of the node: its part on each loop, and what the loops count together.</summary>
/// <param name="config">Of its beginning.</param>
/// <param name="gauge">Connections on all loops.</param>
/// <param name="clients">Likewise, by client.</param>
internal sealed class NodeListener(ListenerConfig config, ConnectionGauge gauge, ClientGauge clients)
{
    private volatile ListenerConfig _config = config;
    private volatile IPEndPoint _endPoint = config.Bind;

    /// <summary>By which it stays the same, whatever else of it changes.</summary>
    public string Name { get; } = config.Name;

    /// <summary>By loop.</summary>
    public required LoopListener[] Parts { get; init; }

    public ConnectionGauge Gauge { get; } = gauge;

    /// <summary>Of those who come now; only who changes the listener has to do with it.</summary>
    public ClientGauge Clients { get; set; } = clients;

    /// <summary>In force. Any thread reads.</summary>
    public ListenerConfig Config
    {
        get => _config;
        set => _config = value;
    }

    /// <summary>Where it is bound really. Any thread reads.</summary>
    public IPEndPoint EndPoint
    {
        get => _endPoint;
        set => _endPoint = value;
    }

    /// <summary>Connections of clients now. Any thread.</summary>
    public long Active => Parts.Sum(part => Volatile.Read(ref part.Counters.Active));

    /// <summary>A loop has clients of it, or takes some. Any thread.</summary>
    public bool IsThere => Array.Exists(Parts, part => part.IsMember);
}
