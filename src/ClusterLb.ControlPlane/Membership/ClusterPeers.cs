using Akka.Actor;
using Akka.Cluster;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>Goes by the membership of this moment; agents live at one path everywhere.</summary>
internal sealed class ClusterPeers(ActorSystem system, MembershipMemory memory) : IPeers
{
    /// <summary>Of every node's agent: its path is the same everywhere.</summary>
    public const string AgentName = "node-agent";

    private readonly Cluster _cluster = Cluster.Get(system);
    private readonly Neighbourhood _neighbourhood = new(Cluster.Get(system), memory);

    public IReadOnlyList<ICanTell> All => Neighbourhood.IsMember(_cluster.SelfMember) ? [AgentAt(_cluster.SelfAddress), .. Others] : Others;

    public IReadOnlyList<ICanTell> Others => [.. Neighbourhood.Others(_cluster).Select(member => AgentAt(member.Address))];

    public IReadOnlyList<Neighbour> Neighbours =>
        [.. _neighbourhood.Read().Select(node => new Neighbour(node.Address.ToString(), AgentAt(node.Address)))];

    public ICanTell AgentBeside(IActorRef actor) => AgentAt(actor.Path.Address);

    public ActorSelection AgentAt(Address address) => system.ActorSelection(new RootActorPath(address) / "user" / AgentName);
}
