using Akka.Actor;
using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>Parent of every <see cref="BackendActor"/>: passes intents on by backend id.</summary>
internal sealed class BackendsActor : ReceiveActor
{
    private const int MaxRestarts = 10;

    private readonly Dictionary<string, IActorRef> _backends = [];

    public BackendsActor(BackendRoom room)
    {
        foreach (var backend in room.Tables.Current.Pools.SelectMany(pool => pool.Members))
            _backends[backend.Id] = Context.ActorOf(BackendActor.Props(room, backend), Uri.EscapeDataString(backend.Id));

        Receive<AdminIntent>(intent =>
        {
            // Another node may have a backend that this one's configuration lacks.
            if (_backends.TryGetValue(intent.Backend, out var backend)) backend.Forward(intent);
        });
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(MaxRestarts, TimeSpan.FromMinutes(1), _ => Directive.Restart);
}
