using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>Tracks one backend's connections on this node and owns its admin state; looks at the gauge only while it drains.</summary>
internal sealed class BackendActor(ControlPlaneMemory memory, Backend backend, IActorRef publisher) : UntypedActor, IWithTimers
{
    private AdminMachine _machine = memory.Admin.GetValueOrDefault(backend.Id, AdminMachine.New);

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ControlPlaneMemory memory, Backend backend, IActorRef publisher) =>
        Akka.Actor.Props.Create(() => new BackendActor(memory, backend, publisher));

    /// <summary>Goes on with what an operator asked of the actor before it.</summary>
    protected override void PreStart() => Continue("resumed");

    protected override void OnReceive(object message)
    {
        var now = memory.NowMilliseconds;
        switch (message)
        {
            case DrainBackend drain:
                Become(_machine.Drain((long)drain.Timeout.TotalMilliseconds, now), "drained by an operator");
                break;
            case ReadyBackend:
                Become(_machine.Ready(), "made ready by an operator");
                break;
            case MaintainBackend:
                Become(_machine.Maintain(), "put into maintenance by an operator");
                break;
            case GetBackend:
                break;
            case LookAtGauge:
                Become(_machine.Observe(backend.Load.InFlight, now), backend.Load.InFlight == 0 ? "nothing in flight any more" : "drain timeout");
                return;
            default:
                Unhandled(message);
                return;
        }

        Sender.Tell(new BackendAdminState(backend.Id, _machine.State, backend.Load.InFlight));
    }

    private void Become(AdminMachine next, string reason)
    {
        var changed = next.State != _machine.State;
        _machine = next;
        memory.Admin[backend.Id] = next;
        if (changed) Continue(reason);
    }

    private void Continue(string reason)
    {
        if (_machine.State != AdminState.Ready || memory.Admin.ContainsKey(backend.Id)) publisher.Tell(new AdminStateChanged(backend.Id, _machine.State, reason));
        if (_machine.State == AdminState.Draining) Timers.StartPeriodicTimer(LookAtGauge.Key, LookAtGauge.Instance, TimeSpan.FromMilliseconds(AdminMachine.GaugeRoundMilliseconds));
        else Timers.Cancel(LookAtGauge.Key);
    }

    private sealed class LookAtGauge : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public const string Key = "look-at-gauge";
        public static readonly LookAtGauge Instance = new();
    }
}
