using ClusterLb.ControlPlane.Events;
using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// Moves the sessions of one backend away, so many a second, when an operator asks this node for it or a drain is to move them. Every
/// node's table has all sessions, so one node does it for the cluster; it goes over its table again until there is none left to move.
/// </summary>
internal sealed class EvacuationActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);

    /// <summary>A move that nobody has answered after so long, announcement and all, is not waited for.</summary>
    private const long PatienceMilliseconds = 2_000;

    private readonly SessionMemory _memory;
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly EventJournal _events;
    private readonly IActorRef _region;
    private readonly Func<string> _refusal;
    private readonly Queue<Binding> _waiting = new();
    private Backend _backend = null!;
    private int _perSecond;
    private double _allowance;
    private int _part;
    private int _movedBefore;
    private int _open;
    private long _sentAt;

    /// <param name="region">Of sessions.</param>
    /// <param name="refusal">Why this node may not decide for the cluster; empty when it may.</param>
    public EvacuationActor(SessionDependencies shared, EventJournal events, IActorRef region, Func<string> refusal)
    {
        (_memory, _, _tables, _clock, _) = shared;
        (_events, _region, _refusal) = (events, region, refusal);
        Receive<EvacuateBackend>(Begin);
        Receive<Step>(_ => GoStep());
        Receive<SessionBound>(Count);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private EvacuationProgress? Progress
    {
        get => _memory.Evacuation;
        set => _memory.Evacuation = value;
    }

    /// <summary>The one before this one is over with its ActorSystem.</summary>
    protected override void PreStart()
    {
        if (Progress is { IsDone: false } interrupted)
        {
            Progress = interrupted with
            {
                IsDone = true,
                Left = Math.Max(0, interrupted.Found - interrupted.Moved),
                End = "the control plane restarted"
            };
        }
    }

    private void Begin(EvacuateBackend evacuate)
    {
        if (RefusalOf(evacuate) is { Length: > 0 } refusal)
        {
            Sender.Tell(new EvacuationAnswer(null, refusal));
            return;
        }

        _perSecond = evacuate.PerSecond;
        if (Progress is not { IsDone: false })
        {
            _backend = _tables.Current.FindBackend(evacuate.Backend)!.Value.Backend;
            (_allowance, _part, _open) = (0, 0, 0);
            _waiting.Clear();
            var found = CountAll();
            Progress = new EvacuationProgress(evacuate.Backend, found, 0, found, IsDone: false, "");
            _movedBefore = -1;
            _events.Announce(evacuate.Backend, "is evacuated by an operator");
            Timers.StartPeriodicTimer(Step.Instance, Step.Instance, s_step);
        }

        Sender.Tell(new EvacuationAnswer(Progress, ""));
    }

    private string RefusalOf(EvacuateBackend evacuate)
    {
        if (_tables.Current.FindBackend(evacuate.Backend) is not { } found) return $"\"{evacuate.Backend}\" is no backend";
        if (_refusal() is { Length: > 0 } refusal) return refusal;
        if (!IsLeaving(found.Backend))
            return $"{evacuate.Backend} is neither draining nor in maintenance: new sessions would go where the old ones leave";
        return Progress is { IsDone: false } other && other.Backend != evacuate.Backend
            ? $"{other.Backend} is being evacuated; one at a time"
            : "";
    }

    private void GoStep()
    {
        if (!IsLeaving(_backend))
        {
            End("the backend takes sessions again");
            return;
        }

        _allowance = Math.Min(_allowance + _perSecond * s_step.TotalSeconds, _perSecond);
        while (_allowance >= 1 && TryTake(out var binding))
        {
            _allowance--;
            Move(binding);
        }

        if (_waiting.Count > 0 || _part < BindingTable.Parts) return;
        if (_open > 0 && _clock.NowMilliseconds - _sentAt < PatienceMilliseconds) return;
        EndPass();
    }

    private void Move(Binding binding)
    {
        _open++;
        _sentAt = _clock.NowMilliseconds;
        // To be moved is not to be used: it lives as long as it would have.
        _region.Tell(new MoveSession(binding.Session, _backend.Pool, binding.Backend, binding.Version, binding.ExpiresAt, IsForced: true),
            Self);
    }

    private void Count(SessionBound bound)
    {
        if (Progress is not { IsDone: false } progress) return;
        _open--;
        if (bound.Binding is { } binding && binding.Backend != _backend.Key) Progress = progress with { Moved = progress.Moved + 1 };
    }

    /// <summary>The next pass finds those that were bound here meanwhile, and those that nobody answered for.</summary>
    private void EndPass()
    {
        var (left, progress) = (CountAll(), Progress!);
        Progress = progress with { Left = left, Found = Math.Max(progress.Found, progress.Moved + left) };
        // Nodes are about to tell of sessions there that nobody was told of before.
        if (IsSettling) (_part, _open, _movedBefore) = (0, 0, -1);
        else if (left == 0) End("no session is left");
        else if (progress.Moved == _movedBefore) End("the sessions that are left cannot be moved: nobody is eligible, or nobody answers");
        else (_part, _open, _movedBefore) = (0, 0, progress.Moved);
    }

    private void End(string why)
    {
        Timers.Cancel(Step.Instance);
        Progress = Progress! with { IsDone = true, Left = CountAll(), End = why };
        _events.Announce(_backend.Id, $"evacuation ended after {Progress.Moved} sessions: {why}");
    }

    private bool TryTake(out Binding binding)
    {
        while (_waiting.Count == 0 && _part < BindingTable.Parts)
        {
            foreach (var bound in ReadPart(_part++)) _waiting.Enqueue(bound);
        }

        return _waiting.TryDequeue(out binding);
    }

    private int CountAll() => Enumerable.Range(0, BindingTable.Parts).Sum(part => ReadPart(part).Count());

    private IEnumerable<Binding> ReadPart(int part)
    {
        var (key, now) = (_backend.Key, _clock.UtcSeconds);
        return _memory.Bindings.Read(part).Where(binding => binding.Backend == key && !binding.IsExpired(now));
    }

    private bool IsSettling => _tables.Current.Find(_backend.Pool) is { } pool && pool.Homes.ChangesAt != long.MaxValue;

    private static bool IsLeaving(Backend backend) =>
        backend.Effective is EffectiveState.Draining or EffectiveState.Drained or EffectiveState.Maintenance;

    private sealed class Step : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Step Instance = new();
    }
}
