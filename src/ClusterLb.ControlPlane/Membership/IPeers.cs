using Akka.Actor;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>The agents of the cluster's nodes, as an actor of this node may send to them. Who cannot be reached at the moment is left out.</summary>
internal interface IPeers
{
    /// <summary>Of every node, this one included.</summary>
    IReadOnlyList<ICanTell> All { get; }

    /// <summary>Of every node but this one.</summary>
    IReadOnlyList<ICanTell> Others { get; }
}
