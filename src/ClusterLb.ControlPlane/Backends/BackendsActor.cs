using Akka.Actor;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>Parent of every <see cref="BackendActor"/>: passes intents on by backend id.</summary>
internal sealed class BackendsActor : ReceiveActor
{
    private const int MaxRestarts = 10;

    private readonly Dictionary<string, IActorRef> _backends = [];

    public BackendsActor(ControlPlaneMemory memory, IWorkCutter cutter, IActorRef publisher)
    {
        foreach (var backend in memory.Tables.Current.Pools.SelectMany(pool => pool.Members))
            _backends[backend.Id] = Context.ActorOf(BackendActor.Props(memory, backend, cutter, publisher), Uri.EscapeDataString(backend.Id));

        Receive<AdminIntent>(intent =>
        {
            // Another node may have a backend that this one's configuration lacks.
            if (_backends.TryGetValue(intent.Backend, out var backend)) backend.Forward(intent);
        });
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(MaxRestarts, TimeSpan.FromMinutes(1), _ => Directive.Restart);
}
