using Akka.Actor;
using Akka.Cluster;
using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// Gives every shard a home before a client waits for it: when this node has joined, and again when a node went whose shards need another.
/// A shard without a home costs its first message a round through the coordinator, which a request would not wait for.
/// </summary>
internal sealed class SessionShardsActor : ReceiveActor
{
    private readonly IActorRef _region;
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    public SessionShardsActor(IActorRef region)
    {
        _region = region;
        Receive<ClusterEvent.MemberUp>(up => up.Member.UniqueAddress == _cluster.SelfUniqueAddress, _ => Touch());
        Receive<ClusterEvent.MemberRemoved>(_ => Touch());
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<SessionBound>(_ => { });
    }

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp),
            typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Touch()
    {
        for (var shard = 0; shard < SessionExtractor.Shards; shard++) _region.Tell(new FindSession(SessionExtractor.Probe(shard)), Self);
    }
}
