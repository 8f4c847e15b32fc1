using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>What is spoken at a listener. One for each listener and loop, used on that loop, chosen by whoever composes the node.</summary>
internal interface IProtocol
{
    /// <summary>Written by the loop, read by anyone.</summary>
    TrafficCounters Traffic { get; }

    /// <summary>
    /// A client to be served from now on: <see cref="ClientConnection.ServeAsync"/> runs next, and says <see cref="LoopListener.Closed"/>
    /// in the end.
    /// </summary>
    /// <param name="listener">Where it came.</param>
    /// <param name="connection">The protocol's own from here on.</param>
    ClientConnection Accept(LoopListener listener, Connection connection);
}
