using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Discovery;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Reload;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Stores;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Stores;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>Which actors a node has, and what each of them is given; in the order in which they need each other.</summary>
internal static class ActorRegistrations
{
    public static AkkaConfigurationBuilder WithMembership(this AkkaConfigurationBuilder builder, NodeMemory memory) =>
        builder.WithActors((system, registry) => registry.Register<MembershipActor>(
            system.ActorOf(Props.Create(() => new MembershipActor(memory.Members)), "membership")));

    public static AkkaConfigurationBuilder WithRoutingTablePublisher(this AkkaConfigurationBuilder builder, NodeMemory memory) =>
        builder.WithActors((system, registry) => registry.Register<RoutingTablePublisherActor>(
            system.ActorOf(Props.Create(() => new RoutingTablePublisherActor(memory.Tables, memory.Clock)), "routing-table-publisher")));

    /// <summary>Needs <see cref="WithRoutingTablePublisher"/> before it.</summary>
    public static AkkaConfigurationBuilder WithBackends(this AkkaConfigurationBuilder builder, NodeMemory memory, IWorkCutter cutter) =>
        builder.WithActors((system, registry) => registry.Register<BackendsActor>(system.ActorOf(
            Props.Create(() => new BackendsActor(memory.BackendDependencies(cutter, registry.Get<RoutingTablePublisherActor>()))),
                "backends")));

    /// <summary>Needs <see cref="WithBackends"/> before it.</summary>
    public static AkkaConfigurationBuilder WithAdminState(this AkkaConfigurationBuilder builder, NodeMemory memory, ILocalNode node) =>
        builder.WithActors((system, registry) => registry.Register<AdminStateActor>(system.ActorOf(
            Props.Create(() => new AdminStateActor(
                memory.AdminDependencies(), registry.Get<BackendsActor>(), new ClusterPeers(system, memory.Members), node)),
            "admin-state")));

    /// <summary>
    /// Needs <see cref="WithAdminState"/> and <see cref="WithCookieKey"/> before it. Without a store there is nothing to do.
    /// </summary>
    public static AkkaConfigurationBuilder WithStoredState(this AkkaConfigurationBuilder builder, NodeMemory memory, IDocumentStore? store)
    {
        if (store is null) return builder;
        return builder.WithActors((system, registry) =>
        {
            var cluster = Cluster.Get(system);
            var keys = registry.TryGet<CookieKeyActor>(out var actor) ? actor : ActorRefs.Nobody;
            var documents = memory.Documents(registry.Get<AdminStateActor>(), keys);
            registry.Register<StoredStateActor>(system.ActorOf(
                Props.Create(() => new StoredStateActor(memory.Store, store, documents, () => Oldest.IsSelf(cluster))), "stored-state"));
        });
    }

    /// <summary>Nothing to agree on where the operator gave keys: these are published at once.</summary>
    public static AkkaConfigurationBuilder WithCookieKey(this AkkaConfigurationBuilder builder, NodeMemory memory, IDocumentStore? store)
    {
        if (memory.Config.Sticky.Keys.Count == 0)
        {
            return builder.WithActors((system, registry) => registry.Register<CookieKeyActor>(system.ActorOf(
                Props.Create(() => new CookieKeyActor(
                    memory.SessionDependencies(null), store, new ClusterPeers(system, memory.Members), () => memory.Admin.IsKnown)),
                "cookie-key")));
        }

        memory.PublishKeys();
        return builder;
    }

    public static AkkaConfigurationBuilder WithGaugeExchange(this AkkaConfigurationBuilder builder, NodeMemory memory, ILocalNode node) =>
        builder.WithActors((system, registry) => registry.Register<GaugeExchangeActor>(system.ActorOf(
            Props.Create(() => new GaugeExchangeActor(
                memory.Members, memory.Tables, memory.Clock, new ClusterPeers(system, memory.Members), memory.OwnReport(node))),
            "gauges")));

    /// <summary>Everything about sessions on one node. The region is registered under <see cref="SessionActor"/>.</summary>
    public static AkkaConfigurationBuilder WithSessions(
        this AkkaConfigurationBuilder builder, NodeMemory memory, SessionDirectory directory, IBackendCheck check) =>
        builder.WithActors(async (system, registry) =>
        {
            var (cluster, shared) = (Cluster.Get(system), directory.Dependencies);
            var peers = new ClusterSessionPeers((ExtendedActorSystem)system, memory.Members);
            var exchange = system.ActorOf(
                Props.Create(() => new SessionExchangeActor(shared, () => memory.Members.HasLookedAround, peers)),
                    SessionExchangeActor.Name);
            var session = SessionActor.Props(shared, exchange);
            var region = await ClusterSharding.Get(system).StartAsync("session", _ => session, ClusterShardingSettings.Create(system),
                new SessionExtractor());
            var shards = system.ActorOf(Props.Create(() => new SessionShardsActor(region)), "session-shards");
            var evacuation = system.ActorOf(Props.Create(() => new EvacuationActor(
                shared, memory.Members.Events, region, () => Quorum.Refusal(cluster, memory.Members))), "evacuation");
            registry.Register<LocalSessionsActor>(system.ActorOf(Props.Create(() => new LocalSessionsActor(shared)), "local-sessions"));
            registry.Register<SessionExchangeActor>(exchange);
            registry.Register<SessionActor>(region);
            registry.Register<SessionShardsActor>(shards);
            registry.Register<EvacuationActor>(evacuation);
            registry.Register<DrainedSessionsActor>(system.ActorOf(
                Props.Create(
                    () => new DrainedSessionsActor(shared, memory.Admin.Intents, evacuation, () => Oldest.IsSelfOfReachable(cluster))),
                "drained-sessions"));
            directory.Begin(exchange);
            cluster.RegisterOnMemberUp(() => directory.Open(region, new SecondOpinions(check)));
        });

    /// <summary>Without a store there is nothing to do.</summary>
    public static AkkaConfigurationBuilder WithStoredBindings(
        this AkkaConfigurationBuilder builder, NodeMemory memory, IBindingStore? store)
    {
        if (store is null) return builder;
        return builder.WithActors((system, registry) =>
        {
            var cluster = Cluster.Get(system);
            registry.Register<StoredBindingsActor>(
                system.ActorOf(Props.Create(
                    () => new StoredBindingsActor(memory.Sessions.Bindings, store, () => Oldest.IsSelf(cluster))), "stored-bindings"));
        });
    }

    /// <summary>Needs <see cref="WithRoutingTablePublisher"/> before it.</summary>
    public static AkkaConfigurationBuilder WithOwnChecks(this AkkaConfigurationBuilder builder, NodeMemory memory, IBackendCheck check) =>
        builder.WithActors((system, registry) => registry.Register<OwnChecksActor>(system.ActorOf(
            Props.Create(() => new OwnChecksActor(memory.HealthDependencies(check), registry.Get<RoutingTablePublisherActor>(),
                memory.Members.Events)),
                "own-checks")));

    /// <summary>Who hears on this node what has been found by name, and who asks for it, one in the cluster, on its oldest node.</summary>
    public static AkkaConfigurationBuilder WithDiscovery(
        this AkkaConfigurationBuilder builder, NodeMemory memory, BackendDiscovery discovery) => builder
        .WithActors((system, registry) => registry.Register<FoundWordsActor>(
            system.ActorOf(Props.Create(() => new FoundWordsActor(discovery, memory.Clock)), "found-words")))
        .WithSingleton<BackendFinderActor>(
            BackendFinderActor.Name,
            (system, _, _) => BackendFinderActor.Props(
                discovery, new ClusterPeers(system, memory.Members), (ushort)Cluster.Get(system).SelfUniqueAddress.Uid),
            new ClusterSingletonOptions { TerminationMessage = PoisonPill.Instance },
            createProxyToo: false);

    /// <summary>Where a process reads no files there is nothing to do.</summary>
    public static AkkaConfigurationBuilder WithReload(
        this AkkaConfigurationBuilder builder, NodeMemory memory, ILocalNode node, IOwnFiles? files)
    {
        if (files is null) return builder;
        return builder.WithActors((system, registry) =>
        {
            var (cluster, peers) = (Cluster.Get(system), new ClusterPeers(system, memory.Members));
            registry.Register<ReloadParticipantActor>(system.ActorOf(
                Props.Create(() => new ReloadParticipantActor(files, memory.Reload, memory.Members, node)), "reload"));
            registry.Register<ReloadCoordinatorActor>(system.ActorOf(
                Props.Create(() => new ReloadCoordinatorActor(memory.Members.Node, memory.Members.Events, memory.Clock,
                    () => Quorum.Refusal(cluster, memory.Members), () => AskedNode.All(cluster, memory.Members, peers))),
                "reload-all"));
        });
    }

    /// <summary>Needs discovery, publisher, own checks, gauges, admin state, the cookie's key and reload before it.</summary>
    public static AkkaConfigurationBuilder WithNodeAgent(this AkkaConfigurationBuilder builder, NodeMemory memory, IBackendCheck check) =>
        builder.WithActors((system, registry) =>
        {
            var shared = new AgentDependencies(
                registry.Get<RoutingTablePublisherActor>(), registry.Get<OwnChecksActor>(), registry.Get<GaugeExchangeActor>(),
                    registry.Get<AdminStateActor>(),
                registry.TryGet<CookieKeyActor>(out var keys) ? keys : ActorRefs.Nobody)
            {
                FoundWords = registry.Get<FoundWordsActor>(),
                Reload = registry.TryGet<ReloadParticipantActor>(out var reload) ? reload : ActorRefs.Nobody,
            };
            registry.Register<NodeAgentActor>(system.ActorOf(
                Props.Create(() => new NodeAgentActor(
                    memory.HealthDependencies(check), memory.Members, new ClusterPeers(system, memory.Members), shared)),
                NodeAgentActor.Name));
        });

    /// <summary>One in the cluster, on its oldest node. Needs <see cref="WithOwnChecks"/> before it.</summary>
    public static AkkaConfigurationBuilder WithHealthMonitor(this AkkaConfigurationBuilder builder, NodeMemory memory,
        IBackendCheck check) =>
        builder.WithSingleton<HealthMonitorActor>(
            HealthMonitorActor.Name,
            (system, registry, _) => HealthMonitorActor.Props(
                memory.HealthDependencies(check), new ClusterPeers(system, memory.Members), registry.Get<OwnChecksActor>(),
                (ushort)Cluster.Get(system).SelfUniqueAddress.Uid),
            new ClusterSingletonOptions { TerminationMessage = PoisonPill.Instance },
            createProxyToo: false);

    public static AkkaConfigurationBuilder WithBootstrap(
        this AkkaConfigurationBuilder builder, NodeMemory memory, ISeedResolver resolver) =>
        builder.WithActors((system, registry) => registry.Register<BootstrapActor>(
            system.ActorOf(Props.Create(
                () => new BootstrapActor(memory.Members, memory.Clock, memory.Config.Cluster.Seeds, resolver)), BootstrapActor.Name)));
}
