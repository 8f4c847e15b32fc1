using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane.Tcp;

/// <summary>TCP at one listener of one loop.</summary>
internal sealed class TcpProtocol(Worker worker, ListenerConfig config) : IProtocol
{
    public Worker Worker => worker;

    /// <summary>The listener's name.</summary>
    public string Name => config.Name;

    public CurrentRoutes Routes { get; } = new(worker.Tables, config.Name);

    public TrafficCounters Traffic { get; } = new();

    public ClientConnection Accept(LoopListener listener, Connection connection) => new TcpConnection(listener, this, connection);
}
