using Akka.Actor;
using Akka.Cluster;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>Goes by the membership of this moment; agents live at one path everywhere.</summary>
internal sealed class ClusterPeers(ActorSystem system) : IPeers
{
    private readonly Cluster _cluster = Cluster.Get(system);

    public IReadOnlyList<ICanTell> All => [.. Reachable().Select(AgentOf)];

    public IReadOnlyList<ICanTell> Others => [.. Reachable().Where(member => member.UniqueAddress != _cluster.SelfUniqueAddress).Select(AgentOf)];

    private IEnumerable<Member> Reachable()
    {
        var state = _cluster.State;
        return state.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving && !state.Unreachable.Contains(member));
    }

    private ActorSelection AgentOf(Member member) => system.ActorSelection(new RootActorPath(member.Address) / "user" / NodeAgentActor.Name);
}
