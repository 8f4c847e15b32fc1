using Akka.Actor;
using Akka.Hosting;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Publishing;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>Parent of every <see cref="BackendActor"/>: passes commands on by backend id.</summary>
internal sealed class BackendsActor : ReceiveActor
{
    private const int MaxRestarts = 10;

    private readonly Dictionary<string, IActorRef> _backends = [];

    public BackendsActor(ControlPlaneMemory memory, IActorRef publisher)
    {
        foreach (var backend in memory.Tables.Current.Pools.SelectMany(pool => pool.Members))
            _backends[backend.Id] = Context.ActorOf(BackendActor.Props(memory, backend, publisher), Uri.EscapeDataString(backend.Id));

        Receive<BackendCommand>(command =>
        {
            if (_backends.TryGetValue(command.Backend, out var backend)) backend.Forward(command);
            else Sender.Tell(new BackendAdminState(command.Backend, null, 0));
        });
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(MaxRestarts, TimeSpan.FromMinutes(1), _ => Directive.Restart);
}

internal static class BackendsRegistration
{
    /// <summary>Needs <see cref="RoutingTablePublisherRegistration.WithRoutingTablePublisher"/> before it.</summary>
    public static AkkaConfigurationBuilder WithBackends(this AkkaConfigurationBuilder builder, ControlPlaneMemory memory) =>
        builder.WithActors((system, registry) => registry.Register<BackendsActor>(system.ActorOf(
            Props.Create(() => new BackendsActor(memory, registry.Get<RoutingTablePublisherActor>())), "backends")));
}
