using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Publishing;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// The prober: checks every backend on a schedule of its own, never two checks of one backend at once, and sends its whole word to the
/// publisher whenever part of it changes. It works in turns: what is due within a moment is started together and what came back is taken
/// together, because waking threads for each check costs several times the check. A failure asks for a turn at once.
/// </summary>
#pragma warning disable CA1001 // An actor's life ends in PostStop, which disposes.
internal sealed class HealthMonitorActor : ReceiveActor, IWithTimers
#pragma warning restore CA1001
{
    /// <summary>Sockets waited for at once; with more due, the next ones wait for a result.</summary>
    private const int MaxRunning = 256;

    /// <summary>However much traffic fails, it brings a backend's check forward no sooner than so long after the last one.</summary>
    private const long LeastGapMilliseconds = 200;

    /// <summary>From one turn to the next, unless a failure asks for one.</summary>
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(50);

    private readonly ControlPlaneMemory _memory;
    private readonly IProber _prober;
    private readonly IActorRef _publisher;
    private readonly LoopRandom _random;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CheckQueue _queue = new();
    private readonly CheckResults _results;
    private readonly Dictionary<string, long> _checkedAt = [];
    private HealthMonitorState _state;
    private int _running;

    public HealthMonitorActor(ControlPlaneMemory memory, IProber prober, IActorRef publisher)
    {
        (_memory, _prober, _publisher) = (memory, prober, publisher);
        _random = new LoopRandom((ulong)memory.NowMilliseconds);
        _state = HealthMonitorState.Resume(memory.LastSnapshot);
        var (self, scheduler) = (Self, Context.System.Scheduler);
        _results = new CheckResults(
            soon: () => scheduler.ScheduleTellOnce(s_turn, self, Turn.Instance, ActorRefs.NoSender),
            now: () => self.Tell(Turn.Instance));
        Receive<Turn>(_ => TakeTurn());
        Receive<TrafficFailed>(_ => CheckReported());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        var self = Self;
        _memory.Reports.Subscribe(() => self.Tell(TrafficFailed.Instance));
        var now = _memory.NowMilliseconds;
        foreach (var pool in _memory.Tables.Current.Pools)
        {
            if (pool.Config.Health.Type == ProbeType.None) continue;
            foreach (var backend in pool.Members) Schedule(backend.Id, now, CheckSchedule.First(backend.Index, pool.Members.Count, pool.Config.Health));
        }

        Publish();
        TakeTurn();
    }

    protected override void PostStop()
    {
        _memory.Reports.Subscribe(null);
        // Checks under way end with the actor: the next one starts its own.
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Traffic failed on them: asks at once instead of at the next turn. One that is asked already does not wait in the queue.</summary>
    private void CheckReported()
    {
        var now = _memory.NowMilliseconds;
        foreach (var backend in _memory.Reports.Take())
        {
            if (_queue.Contains(backend) && now - _checkedAt.GetValueOrDefault(backend) >= LeastGapMilliseconds) _queue.Schedule(backend, now);
        }

        TakeTurn();
    }

    private void TakeTurn()
    {
        var now = _memory.NowMilliseconds;
        var before = _state;
        foreach (var done in _results.Take()) Apply(done);
        while (_running < MaxRunning && _queue.TryTake(now, out var backend)) Start(backend, now);
        if (!ReferenceEquals(before, _state)) Publish();
        if (_queue.NextAt is not { } next || _running >= MaxRunning) return;
        Timers.StartSingleTimer(Turn.Instance, Turn.Instance, TimeSpan.FromMilliseconds(Math.Max(next - now, s_turn.TotalMilliseconds)));
    }

    private void Start(string id, long now)
    {
        if (_memory.Tables.Current.FindBackend(id) is not { } found) return;
        if (found.Pool.AdminOf(found.Backend) == AdminState.Maintenance)
        {
            // Not asked while an operator works on it, but asked again once it is back.
            Schedule(id, now, found.Pool.Config.Health.Interval);
            return;
        }

        _running++;
        _ = CheckAsync(found.Backend, found.Pool.Config.Health);
    }

    /// <summary>Ends where the probe ends, with a message; a prober never throws.</summary>
    private async Task CheckAsync(Backend backend, HealthConfig config) =>
        _results.Add(new CheckDone(backend.Id, await _prober.ProbeAsync(backend, config, _stopping.Token).ConfigureAwait(false), _memory.NowMilliseconds));

    private void Apply(CheckDone done)
    {
        var (backend, result, at) = done;
        _running--;
        _checkedAt[backend] = at;
        if (_memory.Tables.Current.FindBackend(backend) is not { } found) return;
        if (result is { } said)
        {
            _memory.Probes.Add(backend, said.Passed);
            _state = _state.Apply(backend, said, found.Pool.Config, at);
        }

        Schedule(backend, at, CheckSchedule.Next(_state.StateOf(backend, at), found.Pool.Config.Health, _random));
    }

    private void Publish()
    {
        _memory.LastSnapshot = _state.Snapshot;
        _publisher.Tell(_state.Snapshot);
    }

    private void Schedule(string backend, long now, TimeSpan delay) => _queue.Schedule(backend, now + (long)delay.TotalMilliseconds);

    private sealed class Turn : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Turn Instance = new();
    }

    private sealed class TrafficFailed : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly TrafficFailed Instance = new();
    }
}

internal static class HealthMonitorRegistration
{
    /// <summary>Needs <see cref="RoutingTablePublisherRegistration.WithRoutingTablePublisher"/> before it.</summary>
    public static AkkaConfigurationBuilder WithHealthMonitor(this AkkaConfigurationBuilder builder, ControlPlaneMemory memory, IProber prober) =>
        builder.WithActors((system, registry) => registry.Register<HealthMonitorActor>(system.ActorOf(
            Props.Create(() => new HealthMonitorActor(memory, prober, registry.Get<RoutingTablePublisherActor>())), "health-monitor")));
}
