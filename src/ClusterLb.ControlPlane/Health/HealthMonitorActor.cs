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
/// publisher whenever part of it changes. Sockets are waited for outside; only results come to its mailbox.
/// </summary>
#pragma warning disable CA1001 // An actor's life ends in PostStop, which disposes.
internal sealed class HealthMonitorActor : ReceiveActor, IWithTimers
#pragma warning restore CA1001
{
    /// <summary>Sockets waited for at once; with more due, the next ones wait for a result.</summary>
    private const int MaxRunning = 256;

    /// <summary>However much traffic fails, it brings a backend's check forward no sooner than so long after the last one.</summary>
    private const long LeastGapMilliseconds = 200;

    private readonly ControlPlaneMemory _memory;
    private readonly IProber _prober;
    private readonly IActorRef _publisher;
    private readonly LoopRandom _random;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Queue<string> _due = new();
    private readonly Dictionary<string, long> _checkedAt = [];
    private HealthMonitorState _state;
    private int _running;

    public HealthMonitorActor(ControlPlaneMemory memory, IProber prober, IActorRef publisher)
    {
        (_memory, _prober, _publisher) = (memory, prober, publisher);
        _random = new LoopRandom((ulong)memory.NowMilliseconds);
        _state = HealthMonitorState.Resume(memory.LastSnapshot);
        Receive<Due>(due => Enqueue(due.Backend));
        Receive<Checked>(result => Take(result));
        Receive<TrafficFailed>(_ => CheckReported());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        var self = Self;
        _memory.Reports.Subscribe(() => self.Tell(TrafficFailed.Instance));
        foreach (var pool in _memory.Tables.Current.Pools)
        {
            if (pool.Config.Health.Type == ProbeType.None) continue;
            foreach (var backend in pool.Members) Schedule(backend.Id, CheckSchedule.First(backend.Index, pool.Members.Count, pool.Config.Health));
        }

        Publish();
    }

    protected override void PostStop()
    {
        _memory.Reports.Subscribe(null);
        // Checks under way end with the actor: the next one starts its own.
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Traffic failed on them: asks at once instead of at the next turn. One that is asked already has no timer to bring forward.</summary>
    private void CheckReported()
    {
        foreach (var backend in _memory.Reports.Take())
        {
            var sinceLast = _memory.NowMilliseconds - _checkedAt.GetValueOrDefault(backend);
            if (!Timers.IsTimerActive(backend) || sinceLast < LeastGapMilliseconds) continue;
            Timers.Cancel(backend);
            Enqueue(backend);
        }
    }

    private void Enqueue(string backend)
    {
        _due.Enqueue(backend);
        StartDue();
    }

    private void StartDue()
    {
        while (_running < MaxRunning && _due.TryDequeue(out var id))
        {
            if (_memory.Tables.Current.FindBackend(id) is not { } found) continue;
            if (found.Pool.AdminOf(found.Backend) == AdminState.Maintenance)
            {
                // Not asked while an operator works on it, but asked again once it is back.
                Schedule(id, found.Pool.Config.Health.Interval);
                continue;
            }

            _running++;
            _prober.ProbeAsync(found.Backend, found.Pool.Config.Health, _stopping.Token).PipeTo(Self, success: result => new Checked(id, result));
        }
    }

    private void Take(Checked message)
    {
        _running--;
        _checkedAt[message.Backend] = _memory.NowMilliseconds;
        _memory.Probes.Add(message.Backend, message.Result.Passed);
        if (_memory.Tables.Current.FindBackend(message.Backend) is { } found)
        {
            var next = _state.Apply(message.Backend, message.Result, found.Pool.Config, _memory.NowMilliseconds);
            var changed = !ReferenceEquals(next, _state);
            _state = next;
            Schedule(message.Backend, CheckSchedule.Next(_state.StateOf(message.Backend, _memory.NowMilliseconds), found.Pool.Config.Health, _random));
            if (changed) Publish();
        }

        StartDue();
    }

    private void Publish()
    {
        _memory.LastSnapshot = _state.Snapshot;
        _publisher.Tell(_state.Snapshot);
    }

    private void Schedule(string backend, TimeSpan delay) => Timers.StartSingleTimer(backend, new Due(backend), delay);

    private sealed record Due(string Backend) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class TrafficFailed : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly TrafficFailed Instance = new();
    }

    private sealed record Checked(string Backend, CheckResult Result) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}

internal static class HealthMonitorRegistration
{
    /// <summary>Needs <see cref="RoutingTablePublisherRegistration.WithRoutingTablePublisher"/> before it.</summary>
    public static AkkaConfigurationBuilder WithHealthMonitor(this AkkaConfigurationBuilder builder, ControlPlaneMemory memory, IProber prober) =>
        builder.WithActors((system, registry) => registry.Register<HealthMonitorActor>(system.ActorOf(
            Props.Create(() => new HealthMonitorActor(memory, prober, registry.Get<RoutingTablePublisherActor>())), "health-monitor")));
}
