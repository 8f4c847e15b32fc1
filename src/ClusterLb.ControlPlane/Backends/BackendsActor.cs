using System.Globalization;
using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Routing;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>
/// Parent of every <see cref="BackendActor"/>, of those that are configured and those that still have work: passes intents on by backend
/// id.
/// </summary>
internal sealed class BackendsActor : ReceiveActor
{
    private const int MaxRestarts = 10;

    private readonly BackendDependencies _shared;
    private readonly Dictionary<string, (Backend Backend, IActorRef Actor)> _backends = [];
    private readonly HashSet<BackendLoad> _leaving = [];
    private long _made;

    public BackendsActor(BackendDependencies shared)
    {
        _shared = shared;
        Receive<TableChange>(_ => Follow());
        Receive<AdminIntent>(intent =>
        {
            // Another node may have a backend that this one's configuration lacks.
            if (_backends.TryGetValue(intent.Backend, out var known)) known.Actor.Forward(intent);
        });
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<TableChange>(Self);
        Follow();
    }

    /// <summary>To the table of now, whatever was heard of those before it.</summary>
    private void Follow()
    {
        FollowLeaving();
        foreach (var backend in _shared.Tables.Current.Pools.SelectMany(pool => pool.Members))
        {
            if (!_backends.TryGetValue(backend.Id, out var known))
            {
                _backends[backend.Id] = (backend, Make(backend, leaving: null));
            }
            else if (known.Backend != backend)
            {
                known.Actor.Tell(new BackendChanged(backend));
                _backends[backend.Id] = (backend, known.Actor);
            }
        }
    }

    /// <summary>Also those that an actor before this one had begun to wait for, or that came and went unseen.</summary>
    private void FollowLeaving()
    {
        foreach (var (id, known) in _backends.ToList())
        {
            if (_shared.Tables.Current.FindBackend(id) is { } found && found.Backend.IsSameServerAs(known.Backend)) continue;
            _backends.Remove(id);
            var leaving = _shared.Memory.Leaving.GetValueOrDefault(known.Backend.Load, new LeavingBackend(known.Backend, long.MaxValue));
            known.Actor.Tell(leaving);
            _leaving.Add(known.Backend.Load);
        }

        foreach (var (load, leaving) in _shared.Memory.Leaving)
        {
            if (_leaving.Add(load)) Make(leaving.Backend, leaving);
        }

        _leaving.IntersectWith(_shared.Memory.Leaving.Keys);
    }

    /// <summary>One that leaves and one that comes may have the same id.</summary>
    private IActorRef Make(Backend backend, LeavingBackend? leaving)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(backend.Id)}-{++_made}");
        return Context.ActorOf(BackendActor.Props(_shared, backend, leaving), name);
    }

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(MaxRestarts, TimeSpan.FromMinutes(1), _ => Directive.Restart);
}
