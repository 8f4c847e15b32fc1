using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane.Tcp;

/// <summary>TCP at one listener of one loop.</summary>
/// <param name="traffic">Where it counts.</param>
internal sealed class TcpProtocol(Worker worker, ListenerConfig config, TrafficCounters traffic) : IProtocol
{
    public Worker Worker => worker;

    /// <summary>The listener's name.</summary>
    public string Name => config.Name;

    public CurrentRoutes Routes { get; } = new(worker.Tables, config.Name);

    public TrafficCounters Traffic { get; } = traffic;

    public ClientConnection Accept(LoopListener listener, Connection connection) => new TcpConnection(listener, this, connection);

    /// <summary>Nothing of a listener's configuration but its limits and its pool, which are elsewhere, is about TCP.</summary>
    public bool TryFollow(ListenerConfig config) => config.Protocol == ListenerProtocol.Tcp;

    public void KeepRoutes() => Routes.Read();
}
