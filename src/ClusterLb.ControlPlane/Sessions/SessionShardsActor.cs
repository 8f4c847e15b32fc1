using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Event;
using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// Gives every shard a home before a client waits for it: when this node has joined, and again when a node went whose shards need another.
/// A shard without a home costs its first message a round through the coordinator, which a request would not wait for.
/// </summary>
internal sealed class SessionShardsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(100);

    private readonly IActorRef _region;
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    public SessionShardsActor(IActorRef region)
    {
        _region = region;
        Receive<ClusterEvent.MemberUp>(up => up.Member.UniqueAddress == _cluster.SelfUniqueAddress, _ => LookForCoordinator());
        Receive<ClusterEvent.MemberRemoved>(_ => LookForCoordinator());
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<Retry>(_ => LookForCoordinator());
        Receive<CurrentRegions>(known => known.Regions.Count > 0 && Timers.IsTimerActive(Retry.Instance), _ => Touch());
        Receive<CurrentRegions>(_ => { });
        Receive<SessionBound>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp),
            typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    /// <summary>What a region keeps for a coordinator that is not there yet, a node that stops now would wait 9 s for.</summary>
    private void LookForCoordinator()
    {
        Timers.StartSingleTimer(Retry.Instance, Retry.Instance, s_patience);
        _region.Tell(GetCurrentRegions.Instance, Self);
    }

    private void Touch()
    {
        Timers.Cancel(Retry.Instance);
        for (var shard = 0; shard < SessionExtractor.Shards; shard++) _region.Tell(new FindSession(SessionExtractor.Probe(shard)), Self);
    }

    private sealed class Retry : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Retry Instance = new();
    }
}
