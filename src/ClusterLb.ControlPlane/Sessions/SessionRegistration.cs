using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Membership;

namespace ClusterLb.ControlPlane.Sessions;

internal static class SessionRegistration
{
    /// <summary>Everything about sessions on one node. The region is registered under <see cref="SessionActor"/>.</summary>
    public static AkkaConfigurationBuilder WithSessions(this AkkaConfigurationBuilder builder, ControlPlaneMemory memory, SessionDirectory directory, IProber prober) =>
        builder.WithActors(async (system, registry) =>
        {
            var cluster = Cluster.Get(system);
            var peers = new ClusterSessionPeers((ExtendedActorSystem)system, memory);
            var exchange = system.ActorOf(Props.Create(() => new SessionExchangeActor(memory, directory.Store, peers)), SessionExchangeActor.Name);
            var session = SessionActor.Props(new SessionRoom(memory, directory.Store, exchange));
            var region = await ClusterSharding.Get(system).StartAsync("session", _ => session, ClusterShardingSettings.Create(system), new SessionExtractor());
            var shards = system.ActorOf(Props.Create(() => new SessionShardsActor(region)), "session-shards");
            var evacuation = system.ActorOf(Props.Create(() => new EvacuationActor(memory, region, () => Quorum.Refusal(cluster, memory))), "evacuation");
            registry.Register<LocalSessionsActor>(system.ActorOf(Props.Create(() => new LocalSessionsActor(memory)), "local-sessions"));
            registry.Register<SessionExchangeActor>(exchange);
            registry.Register<SessionActor>(region);
            registry.Register<SessionShardsActor>(shards);
            registry.Register<EvacuationActor>(evacuation);
            directory.Begin(exchange);
            cluster.RegisterOnMemberUp(() => directory.Open(region, new SecondOpinions(prober)));
        });
}
