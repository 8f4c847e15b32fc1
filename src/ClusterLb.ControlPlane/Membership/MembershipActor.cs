using Akka.Actor;
using Akka.Cluster;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>Writes down who joins, leaves, falls silent and comes back, and where the monitor is to be.</summary>
internal sealed class MembershipActor : ReceiveActor
{
    private readonly MembershipMemory _memory;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private UniqueAddress? _oldest;

    public MembershipActor(MembershipMemory memory)
    {
        _memory = memory;
        Receive<ClusterEvent.MemberUp>(up => Note(up.Member, "joined the cluster"));
        Receive<ClusterEvent.MemberLeft>(left => Note(left.Member, "leaves the cluster"));
        Receive<ClusterEvent.MemberRemoved>(
            removed => Note(removed.Member, removed.PreviousStatus == MemberStatus.Down
                ? "was taken for dead and removed"
                : "has left the cluster"));
        Receive<ClusterEvent.UnreachableMember>(lost => Note(lost.Member, "is unreachable"));
        Receive<ClusterEvent.ReachableMember>(found => Note(found.Member, "is reachable again"));
        Receive<ClusterEvent.IClusterDomainEvent>(_ => { });
    }

    protected override void PreStart()
    {
        _memory.Names[_cluster.SelfAddress.ToString()] = _memory.Node;
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent),
            typeof(ClusterEvent.IReachabilityEvent));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Note(Member member, string what)
    {
        var name = _memory.NameOf(member.Address.ToString());
        _memory.Events.Announce(name, what);
        NoteMonitor();
    }

    /// <summary>A singleton lives on the oldest member.</summary>
    private void NoteMonitor()
    {
        if (Oldest.Of(_cluster.State) is not { } oldest || oldest.UniqueAddress == _oldest) return;
        if (_oldest is not null)
            _memory.Events.Announce(_memory.NameOf(oldest.Address.ToString()), "is the oldest node now: the health monitor moves there");
        _oldest = oldest.UniqueAddress;
    }
}
