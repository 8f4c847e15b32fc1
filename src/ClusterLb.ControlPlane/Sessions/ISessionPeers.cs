using Akka.Actor;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>The exchanges of other nodes, as this one sees them at the moment.</summary>
internal interface ISessionPeers
{
    /// <summary>Those that this node can talk to: members of its cluster, oldest first, then whom it met outside of it.</summary>
    IReadOnlyList<SessionPeer> Others { get; }

    MembershipPhase Phase { get; }
}

/// <param name="Node">One life of one node: who comes back after a restart is somebody else.</param>
/// <param name="Exchange">Its <see cref="SessionExchangeActor"/>.</param>
internal sealed record SessionPeer(string Node, IActorRef Exchange);

internal enum MembershipPhase
{
    /// <summary>In no cluster yet.</summary>
    Outside,

    /// <summary>A member, but not every other node knows it yet.</summary>
    Arriving,

    /// <summary>Every node that can be reached counts this one among its peers: whatever is bound from now on is told to it.</summary>
    Known,

    /// <summary>The only member.</summary>
    Alone,
}
