using Akka.Actor;
using Akka.Cluster;
using ClusterLb.ControlPlane.Membership;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>Goes by whom this node can talk to at this moment, in its cluster or not; exchanges live at one path everywhere.</summary>
internal sealed class ClusterSessionPeers(ExtendedActorSystem system, MembershipMemory memory) : ISessionPeers
{
    private readonly Cluster _cluster = Cluster.Get(system);
    private readonly Neighbourhood _neighbourhood = new(Cluster.Get(system), memory);

    public IReadOnlyList<SessionPeer> Others => [.. _neighbourhood.Read().Select(PeerOf)];

    public MembershipPhase Phase
    {
        get
        {
            if (!Neighbourhood.IsMember(_cluster.SelfMember)) return MembershipPhase.Outside;
            var state = _cluster.State;
            if (!state.Members.Any(member => member.UniqueAddress != _cluster.SelfUniqueAddress && Neighbourhood.IsMember(member)))
                return MembershipPhase.Alone;
            var reachable = Neighbourhood.Others(_cluster).ToList();
            return reachable.Count > 0 && reachable.All(member => state.SeenBy.Contains(member.Address))
                ? MembershipPhase.Known
                : MembershipPhase.Arriving;
        }
    }

    private SessionPeer PeerOf(UniqueAddress node) =>
        new(node.ToString(), system.Provider.ResolveActorRef(new RootActorPath(node.Address) / "user" / SessionExchangeActor.Name));
}
