using Akka.Actor;
using Akka.Cluster;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>Goes by the membership of this moment; exchanges live at one path everywhere.</summary>
internal sealed class ClusterSessionPeers(ExtendedActorSystem system) : ISessionPeers
{
    private readonly Cluster _cluster = Cluster.Get(system);

    public IReadOnlyList<SessionPeer> Others => [.. Reachable(_cluster.State).Order(Member.AgeOrdering).Select(PeerOf)];

    public MembershipPhase Phase
    {
        get
        {
            if (!IsMember(_cluster.SelfMember)) return MembershipPhase.Outside;
            var state = _cluster.State;
            if (!state.Members.Any(member => IsOther(member) && IsMember(member))) return MembershipPhase.Alone;
            return Reachable(state).All(member => state.SeenBy.Contains(member.Address)) ? MembershipPhase.Known : MembershipPhase.Arriving;
        }
    }

    private IEnumerable<Member> Reachable(ClusterEvent.CurrentClusterState state) =>
        state.Members.Where(member => IsOther(member) && IsMember(member) && !state.Unreachable.Contains(member));

    private bool IsOther(Member member) => member.UniqueAddress != _cluster.SelfUniqueAddress;

    private static bool IsMember(Member member) => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving;

    private SessionPeer PeerOf(Member member) =>
        new(member.UniqueAddress.ToString(), system.Provider.ResolveActorRef(new RootActorPath(member.Address) / "user" / SessionExchangeActor.Name));
}
