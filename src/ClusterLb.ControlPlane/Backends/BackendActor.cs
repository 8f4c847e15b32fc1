using System.Globalization;
using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>
/// Follows what operators want of one backend: tells the data plane of this node, watches the backend's connections in the whole cluster
/// while it drains, and at the deadline closes those of this node.
/// </summary>
internal sealed class BackendActor : UntypedActor, IWithTimers
{
    /// <summary>Often, since an operator may wait: it must have been empty for a whole round, but need not wait for a second one.</summary>
    private static readonly TimeSpan s_look = NodeReport.Round / 4;

    private readonly AdminMemory _memory;
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly Func<Backend, int> _sessionsOn;
    private Backend _backend;
    private readonly IWorkCutter _cutter;
    private readonly IActorRef _publisher;
    private AdminMachine _machine = AdminMachine.New;
    private LeavingBackend? _leaving;

    /// <param name="backend">Whose actor it is.</param>
    /// <param name="leaving">Null = it is configured.</param>
    public BackendActor(BackendDependencies shared, Backend backend, LeavingBackend? leaving)
    {
        (_memory, _tables, _clock, _sessionsOn, _cutter, _publisher) = shared;
        (_backend, _leaving) = (backend, leaving);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long InFlight => _backend.Load.InFlight + _backend.Load.Remote;

    private int Sessions => _tables.Current.Find(_backend.Pool)?.Config.Sticky.By is null or StickyBy.None ? 0 : _sessionsOn(_backend);

    public static Props Props(BackendDependencies shared, Backend backend, LeavingBackend? leaving) =>
        Akka.Actor.Props.Create(() => new BackendActor(shared, backend, leaving));

    /// <summary>Goes on with what was wanted of the actor before it.</summary>
    protected override void PreStart()
    {
        if (_leaving is { } leaving)
        {
            Leave(leaving);
            return;
        }

        if (!_memory.Intents.TryGetValue(_backend.Id, out var intent)) return;
        // A drain that was over is not begun again.
        if (_memory.Drains.TryGetValue(_backend.Id, out var drain) && drain.IsDone)
            _machine = new AdminMachine(AdminState.Drained, 0, 0, null);
        Follow(intent);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AdminIntent intent:
                Follow(intent);
                break;
            case BackendChanged changed:
                _backend = changed.Backend;
                break;
            case LeavingBackend leaving:
                Leave(leaving);
                break;
            case LookAtGauges when _leaving is { } leaving:
                LookAtRest(leaving);
                break;
            case WorkCut when _leaving is not null:
                Forget();
                break;
            case LookAtGauges:
                Look();
                break;
            case WorkCut cut:
                Note(isDone: true, cut.Connections);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Follow(AdminIntent intent)
    {
        var now = _clock.NowMilliseconds;
        var next = _machine.Follow(intent, _clock.UtcMilliseconds, now);
        if (next == _machine) return;
        _machine = next;
        var (since, saidAt) = (Monotonic(intent.SinceUtcMilliseconds, now), Monotonic(intent.SaidAtUtcMilliseconds, now));
        _publisher.Tell(new AdminStateChanged(_backend.Id, _machine.State, intent.Weight, since, saidAt,
            $"{Word(intent)} by an operator through {intent.Node}"));
        if (_machine.State == AdminState.Draining)
        {
            Note(isDone: false, 0);
            Timers.StartPeriodicTimer(LookAtGauges.Instance, LookAtGauges.Instance, s_look);
        }
        else
        {
            Timers.Cancel(LookAtGauges.Instance);
            if (_machine.State != AdminState.Drained) _memory.Drains.TryRemove(_backend.Id, out _);
            // What is done stays done under the newer intent, or nobody who waits for that one would hear of it.
            else if (_memory.Drains.TryGetValue(_backend.Id, out var progress)) Note(progress.IsDone, progress.Cut);
        }
    }

    private void Look()
    {
        var now = _clock.NowMilliseconds;
        var (before, inFlight, sessions) = (_machine, InFlight, Sessions);
        // Nodes are about to tell each other of sessions there that nobody was told of before: as long as they do, it is not empty.
        var unheard = _tables.Current.Find(_backend.Pool) is { } pool && pool.Homes.ChangesAt != long.MaxValue ? 1 : 0;
        _machine = _machine.Observe(inFlight + sessions + unheard, now);
        if (_machine.State == before.State) return;
        Timers.Cancel(LookAtGauges.Instance);
        var intent = _memory.Intents.GetValueOrDefault(_backend.Id);
        var saidAt = Monotonic(intent?.SaidAtUtcMilliseconds ?? 0, now);
        _publisher.Tell(new AdminStateChanged(_backend.Id, AdminState.Drained, intent?.Weight, now, saidAt, ReasonOf(inFlight, sessions)));
        if (_backend.Load.InFlight == 0) Note(isDone: true, 0);
        else _cutter.CutAsync(_backend).PipeTo(Self, success: count => new WorkCut(count));
    }

    /// <summary>It is not configured any more: it takes no new work, and is forgotten when the old is done.</summary>
    private void Leave(LeavingBackend leaving)
    {
        _leaving = leaving;
        Timers.StartPeriodicTimer(LookAtGauges.Instance, LookAtGauges.Instance, s_look);
    }

    /// <summary>What other nodes have in flight there is theirs to end.</summary>
    private void LookAtRest(LeavingBackend leaving)
    {
        if (_backend.Load.InFlight == 0)
        {
            Forget();
        }
        else if (_clock.NowMilliseconds >= leaving.Deadline)
        {
            Timers.Cancel(LookAtGauges.Instance);
            _cutter.CutAsync(_backend).PipeTo(Self, success: count => new WorkCut(count));
        }
    }

    private void Forget()
    {
        _memory.Leaving.TryRemove(_backend.Load, out _);
        // Another server may drain under the same name.
        if (_tables.Current.FindBackend(_backend.Id) is null) _memory.Drains.TryRemove(_backend.Id, out _);
        Context.Stop(Self);
    }

    /// <summary>A moment of the wall clock on this node's clock; what is in the future is now.</summary>
    private long Monotonic(long utcMilliseconds, long now) => now - Math.Max(0, _clock.UtcMilliseconds - utcMilliseconds);

    private static string ReasonOf(long inFlight, int sessions) =>
        inFlight > 0 ? "drain timeout"
        : sessions > 0 ? string.Create(CultureInfo.InvariantCulture, $"drain timeout: {sessions} sessions move with their next request")
        : "nothing in flight any more";

    private void Note(bool isDone, int cut) => _memory.Drains[_backend.Id] = new DrainProgress(_backend.Id, _machine.Version, isDone, cut);

    private static string Word(AdminIntent intent) => intent.State switch
    {
        AdminState.Draining => "drained",
        AdminState.Maintenance => "put into maintenance",
        _ => "made ready",
    };

    private sealed class LookAtGauges : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly LookAtGauges Instance = new();
    }

    private sealed record WorkCut(int Connections) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
