using Akka.Actor;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>
/// The agents of other nodes, as an actor of this node may send to them. Who cannot be reached at the moment is left out.
/// </summary>
internal interface IPeers
{
    /// <summary>Of every node of the cluster, this one included.</summary>
    IReadOnlyList<ICanTell> All { get; }

    /// <summary>Of every node of the cluster but this one.</summary>
    IReadOnlyList<ICanTell> Others { get; }

    /// <summary>Of every node that this one can talk to, in its cluster or not.</summary>
    IReadOnlyList<Neighbour> Neighbours { get; }

    /// <summary>Of the node that an actor is on.</summary>
    ICanTell AgentBeside(IActorRef actor);
}

/// <param name="Agent">What other nodes reach it by.</param>
internal sealed record Neighbour(string Address, ICanTell Agent);
