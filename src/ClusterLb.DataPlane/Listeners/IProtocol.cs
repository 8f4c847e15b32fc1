using ClusterLb.Core.Configuration;
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

    /// <summary>Goes by another configuration of its listener with whatever begins from now on; what has begun ends as it began.</summary>
    /// <returns>False when another protocol is spoken there now: then one of that takes its place, and counts on where it did.</returns>
    bool TryFollow(ListenerConfig config);

    /// <summary>Goes on with the routes of now: the listener is to be removed, and the next routing table has none for it.</summary>
    void KeepRoutes();
}
