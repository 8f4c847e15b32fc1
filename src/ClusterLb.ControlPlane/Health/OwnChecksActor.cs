using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Events;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// What this node checks for itself: the way to backends that fail here while the cluster holds them for well, and everything, more slowly,
/// while no monitor is heard; and backends given by a name under which the monitor's node finds another server. What it finds holds for
/// this node alone.
/// </summary>
#pragma warning disable CA1001 // An actor's life ends in PostStop, which disposes.
internal sealed class OwnChecksActor : ReceiveActor, IWithTimers
#pragma warning restore CA1001
{
    /// <summary>Nodes ask names at different times: what differs for less is no news.</summary>
    private const long NewsAfterMilliseconds = 5_000;

    /// <summary>How much longer the intervals are than the monitor's: every node checks then, not one.</summary>
    private const int SlowDown = 2;

    private readonly string _node;
    private readonly HealthMemory _memory;
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly IActorRef _publisher;
    private readonly EventJournal _journal;
    private readonly LoopRandom _random;
    private readonly Checker _checks;
    private readonly Dictionary<string, PathState> _suspects = [];
    private HealthMonitorState? _alone;
    private HealthMonitorState? _here;

    /// <param name="publisher">Puts what is found in force.</param>
    /// <param name="journal">Is told of servers that are others for the monitor.</param>
    public OwnChecksActor(HealthDependencies shared, IActorRef publisher, EventJournal journal)
    {
        (_node, _memory, _tables, _clock, _) = shared;
        (_publisher, _journal) = (publisher, journal);
        _random = new LoopRandom((ulong)_clock.NowMilliseconds);
        var (self, scheduler) = (Self, Context.System.Scheduler);
        _checks = new Checker(
            _tables, _clock, shared.Check,
            soon: () => scheduler.ScheduleTellOnce(Checker.Turn, self, Turn.Instance, ActorRefs.NoSender),
            now: () => self.Tell(Turn.Instance));
        Receive<Suspect>(suspect => Watch(suspect.Backend));
        Receive<MonitorLost>(_ =>
        {
            GoOnAlone();
            _memory.Watch();
        });
        Receive<MonitorHeard>(_ => Rejoin());
        Receive<VerdictsHeard>(_ => LookAround());
        Receive<TableChange>(Follow);
        Receive<Turn>(_ => TakeTurn());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A new actor has counted nothing yet: what the one before it excluded it must find out again.</summary>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<TableChange>(Self);
        foreach (var backend in _memory.Unreachable.Keys)
        {
            _suspects[backend] = new PathState(IsExcluded: true, 0);
            _checks.Schedule(backend, _clock.NowMilliseconds);
        }

        if (_memory.IsStale) GoOnAlone();
        LookAround();
    }

    protected override void PostStop() => _checks.Dispose();

    private void Follow(TableChange change)
    {
        foreach (var gone in change.Removed)
        {
            _suspects.Remove(gone.Id);
            _checks.Drop(gone.Id);
            _memory.Unreachable.TryRemove(gone.Id, out _);
            _memory.Probes.Forget(gone.Id);
        }

        if (_alone is { } alone)
        {
            _alone = alone.Follow(_tables.Current);
            ScheduleNew();
        }

        LookAround();
    }

    /// <summary>Alone, everything is asked that is not yet.</summary>
    private void ScheduleNew()
    {
        var now = _clock.NowMilliseconds;
        foreach (var pool in _tables.Current.Pools.Where(pool => pool.Config.Health.Probe is not null))
        {
            var first = _alone!.FirstChecks(pool.Config);
            foreach (var backend in pool.Members.Where(backend => !_checks.Contains(backend.Id)))
                Schedule(backend.Id, now, first(backend.Index));
        }
    }

    /// <summary>The monitor checks the server that its node dials: where this node dials another one, nobody else would.</summary>
    private void LookAround()
    {
        if (_alone is null)
        {
            var now = _clock.NowMilliseconds;
            var told = Others.Where(other => other.Value.IsTold).Select(other => other.Key).ToHashSet();
            foreach (var ended in _memory.Servers.Follow(_memory.LastSnapshot, _tables.Current, now).Where(told.Contains))
                _journal.Announce(ended, $"{_node} and the monitor's node find one server under this name again");
            _here = Others.Count == 0 ? null : new(_memory.Servers.Complete(_memory.LastSnapshot, _tables.Current));
            foreach (var other in Others.Keys.Where(other => !_checks.Contains(other))) _checks.Schedule(other, now);
        }

        TakeTurn();
    }

    private void Watch(string backend)
    {
        if (_here is not null && Others.ContainsKey(backend)) _checks.Hurry(backend);
        if (_alone is not null || _suspects.ContainsKey(backend) || IsDown(backend)) return;
        if (_tables.Current.FindBackend(backend) is not { Pool.Config.Health.Probe: not null, Backend.NameProblem.Length: 0 }) return;
        _suspects[backend] = default;
        _checks.Schedule(backend, _clock.NowMilliseconds);
        TakeTurn();
    }

    private void GoOnAlone()
    {
        if (_alone is not null) return;
        _here = null;
        _alone = new HealthMonitorState(_memory.Servers.Complete(_memory.LastSnapshot, _tables.Current)).Follow(_tables.Current);
        ScheduleNew();
        TakeTurn();
    }

    /// <summary>The cluster's word is back in force. Said from here, so that it comes after whatever was said alone.</summary>
    private void Rejoin()
    {
        if (_alone is not { } alone) return;
        foreach (var other in Others.Keys.Where(alone.Snapshot.Verdicts.ContainsKey))
            _memory.Servers.Put(other, alone.Snapshot.Verdicts[other]);
        _alone = null;
        _publisher.Tell(_memory.LastSnapshot);
        _checks.DropAll();
        foreach (var backend in _suspects.Keys) _checks.Schedule(backend, _clock.NowMilliseconds);
        LookAround();
    }

    private void TakeTurn()
    {
        var before = _alone;
        foreach (var done in _checks.TakeResults()) Take(done);
        if (!ReferenceEquals(before, _alone)) _publisher.Tell(_alone!.Snapshot);
        if (_checks.StartDue() is { } next) Timers.StartSingleTimer(Turn.Instance, Turn.Instance, next);
    }

    private void Take(CheckDone done)
    {
        if (_tables.Current.FindBackend(done.Backend) is not { } found) return;
        var config = found.Pool.Config;
        if (_suspects.TryGetValue(done.Backend, out var path)) FollowPath(done, path, config.Health);
        if (_alone is not { } alone)
        {
            if (TakeOther(done, config)) return;
            if (_suspects.ContainsKey(done.Backend)) Schedule(done.Backend, done.At, config.Health.FastInterval);
            return;
        }

        if (done.Result is { } result)
        {
            _memory.Probes.Add(done.Backend, result.Passed);
            _alone = result.Passed
                ? alone.Pass(done.Backend, $"{result.Reason} (no monitor; checked by {_node} alone)", config, done.At)
                : alone.Fail(done.Backend, 1, $"{result.Reason} (no monitor; checked by {_node} alone)", config, done.At);
        }

        Schedule(done.Backend, done.At, SlowDown * CheckSchedule.Next(_alone.StateOf(done.Backend, done.At), config.Health, _random));
    }

    /// <summary>Of a server that is another one for the monitor, this node's own word counts here.</summary>
    private bool TakeOther(CheckDone done, PoolConfig config)
    {
        if (_here is not { } here || !Others.TryGetValue(done.Backend, out var other)) return false;
        if (!other.IsTold && done.At - other.Since >= NewsAfterMilliseconds)
        {
            _memory.Servers.Told(done.Backend);
            _journal.Announce(done.Backend, $"warning: nodes find different servers under this name: {_node} {other.Address}, "
                + $"the monitor's node {other.OfMonitor}; {_node} checks its own");
        }

        if (done.Result is { } result)
        {
            _memory.Probes.Add(done.Backend, result.Passed);
            var reason = $"{result.Reason} ({other.Address}, checked by {_node} alone)";
            _here = result.Passed ? here.Pass(done.Backend, reason, config, done.At) : here.Fail(done.Backend, 1, reason, config, done.At);
            var verdict = _here.Snapshot.Verdicts[done.Backend];
            _memory.Servers.Put(done.Backend, verdict);
            if (!ReferenceEquals(here, _here)) _publisher.Tell(new OwnVerdict(done.Backend, verdict));
        }

        Schedule(done.Backend, done.At, CheckSchedule.Next(_here.StateOf(done.Backend, done.At), config.Health, _random));
        return true;
    }

    /// <summary>Until the way is known to be good, or the cluster says that the backend itself is not.</summary>
    private void FollowPath(CheckDone done, PathState path, HealthConfig config)
    {
        if (done.Result is not { } result) return;
        var next = path.Apply(result.Passed, config);
        if (IsDown(done.Backend)) next = default;
        var isGood = !next.IsExcluded && (result.Passed || IsDown(done.Backend));
        if (next.IsExcluded && !path.IsExcluded) Exclude(done.Backend, $"{_node} alone cannot reach it: {result.Reason}");
        if (!next.IsExcluded && path.IsExcluded) Include(done.Backend, $"{_node} reaches it again: {result.Reason}");
        if (isGood) _suspects.Remove(done.Backend);
        else _suspects[done.Backend] = next;
    }

    private void Exclude(string backend, string reason)
    {
        _memory.Unreachable[backend] = reason;
        _publisher.Tell(new PathChanged(backend, IsReachable: false, reason));
    }

    private void Include(string backend, string reason)
    {
        _memory.Unreachable.TryRemove(backend, out _);
        _publisher.Tell(new PathChanged(backend, IsReachable: true, reason));
    }

    private IReadOnlyDictionary<string, OtherServer> Others => _memory.Servers.Others;

    private bool IsDown(string backend) =>
        (_here?.Snapshot ?? _memory.LastSnapshot)
            .Verdicts.GetValueOrDefault(backend)?.State.Health is ActiveHealth.Down or ActiveHealth.GoingUp;

    private void Schedule(string backend, long now, TimeSpan delay) => _checks.Schedule(backend, now + (long)delay.TotalMilliseconds);

    private sealed class Turn : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Turn Instance = new();
    }
}

/// <summary>To this node's own checks: something failed here.</summary>
internal sealed record Suspect(string Backend) : INoSerializationVerificationNeeded;

/// <summary>To this node's own checks: no monitor has been heard for a while.</summary>
internal sealed record MonitorLost : INoSerializationVerificationNeeded;

/// <summary>To this node's own checks: the monitor's word is another one.</summary>
internal sealed record VerdictsHeard : INoSerializationVerificationNeeded;

/// <summary>What this node found of a server that is another one for the monitor.</summary>
internal sealed record OwnVerdict(string Backend, BackendVerdict Verdict) : INoSerializationVerificationNeeded;

/// <summary>To this node's own checks: there is a monitor again.</summary>
internal sealed record MonitorHeard : INoSerializationVerificationNeeded;
