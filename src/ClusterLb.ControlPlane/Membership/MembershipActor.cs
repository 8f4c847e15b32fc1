using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>
/// Writes down who joins, leaves, falls silent and comes back, where the monitor is to be, and when this node itself stood still.
/// </summary>
internal sealed class MembershipActor : ReceiveActor, IWithTimers
{
    private readonly MembershipMemory _memory;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private UniqueAddress? _oldest;
    private Standstill _clock;

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
        Receive<Tick>(_ => NoteStandstill());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _clock = new Standstill(_memory.NowMilliseconds);
        var second = TimeSpan.FromMilliseconds(Standstill.TickMilliseconds);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, second, second);
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

    private void NoteStandstill()
    {
        var now = _memory.NowMilliseconds;
        if (_clock.Until(now) is var still and > 0)
        {
            _memory.Events.Announce(_memory.Node, string.Create(CultureInfo.InvariantCulture,
                $"stood still for {still / 1000.0:0.0} s, frozen or without CPU; the others may have taken it for dead"));
        }

        _clock = new Standstill(now);
    }

    /// <summary>A singleton lives on the oldest member.</summary>
    private void NoteMonitor()
    {
        if (Oldest.Of(_cluster.State) is not { } oldest || oldest.UniqueAddress == _oldest) return;
        if (_oldest is not null)
            _memory.Events.Announce(_memory.NameOf(oldest.Address.ToString()), "is the oldest node now: the health monitor moves there");
        _oldest = oldest.UniqueAddress;
    }

    private sealed class Tick : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
