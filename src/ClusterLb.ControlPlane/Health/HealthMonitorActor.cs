using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// The cluster's one prober. Goes on from the newest word that any node has; asks witnesses about every check that fails; sends its whole
/// word to every node's agent whenever part of it changes, and every second which word is the latest.
/// </summary>
#pragma warning disable CA1001 // An actor's life ends in PostStop, which disposes.
internal sealed class HealthMonitorActor : ReceiveActor, IWithTimers
#pragma warning restore CA1001
{
    public const string Name = "health-monitor";

    /// <summary>Nodes asked to witness; more would not make the answer any surer.</summary>
    private const int MostWitnesses = 4;

    /// <summary>How long nodes may take to send what the last monitor said.</summary>
    private static readonly TimeSpan s_gathering = TimeSpan.FromMilliseconds(500);

    /// <summary>For the way to a witness and back, on top of the check's own timeout.</summary>
    private static readonly TimeSpan s_witnessing = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan s_digest = TimeSpan.FromSeconds(1);

    private readonly string _node;
    private readonly HealthMemory _memory;
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly IPeers _peers;
    private readonly IActorRef _ownChecks;
    private readonly LoopRandom _random;
    private readonly Checker _checks;
    private readonly ushort _mark;
    private readonly Dictionary<string, WitnessRound> _rounds = [];
    private readonly Dictionary<IActorRef, SnapshotAssembler> _gathered = [];
    private HealthMonitorState _state = new(HealthSnapshot.None);
    private HealthSnapshot _newest;
    private int _awaited;

    /// <param name="peers">Who hears and witnesses.</param>
    /// <param name="ownChecks">Hears of what this node alone cannot reach.</param>
    /// <param name="mark">Differs from node to node.</param>
    public HealthMonitorActor(HealthDependencies shared, IPeers peers, IActorRef ownChecks, ushort mark)
    {
        (_node, _memory, _tables, _clock, _) = shared;
        (_peers, _ownChecks, _mark, _newest) = (peers, ownChecks, mark, _memory.LastSnapshot);
        _random = new LoopRandom((ulong)_clock.NowMilliseconds + mark);
        var (self, scheduler) = (Self, Context.System.Scheduler);
        _checks = new Checker(
            _tables, _clock, shared.Check,
            soon: () => scheduler.ScheduleTellOnce(Checker.Turn, self, Turn.Instance, ActorRefs.NoSender),
            now: () => self.Tell(Turn.Instance));
        Become(Gathering);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(HealthDependencies shared, IPeers peers, IActorRef ownChecks, ushort mark) =>
        Akka.Actor.Props.Create(() => new HealthMonitorActor(shared, peers, ownChecks, mark));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<TableChange>(Self);
        var others = _peers.Others;
        _awaited = others.Count;
        foreach (var other in others) other.Tell(new PullSnapshot(), Self);
        if (_awaited == 0) Begin();
        else Timers.StartSingleTimer(GatheredEnough.Instance, GatheredEnough.Instance, s_gathering);
    }

    protected override void PostStop() => _checks.Dispose();

    private void Gathering()
    {
        Receive<HealthSnapshotPart>(part =>
        {
            if (Gather(part) is not { } whole) return;
            if (whole.IsNewerThan(_newest)) _newest = whole;
            if (--_awaited == 0) Begin();
        });
        Receive<GatheredEnough>(_ => Begin());
        Receive<Turn>(_ => { });
        Receive<FailureReport>(_ => { });
        Receive<PullSnapshot>(_ => { });
        // What is there when it begins counts.
        Receive<TableChange>(_ => { });
    }

    private void Begin()
    {
        Become(Monitoring);
        Timers.Cancel(GatheredEnough.Instance);
        var known = _memory.Servers.Complete(_newest, _tables.Current);
        var last = known with { Term = Math.Max(known.Term, _memory.HighestTerm) };
        _state = HealthMonitorState.Resume(last, _mark).Follow(_tables.Current);
        var now = _clock.NowMilliseconds;
        foreach (var pool in _tables.Current.Pools)
        {
            if (pool.Config.Health.Probe is null) continue;
            var first = _state.FirstChecks(pool.Config);
            foreach (var backend in pool.Members) Schedule(backend.Id, now, first(backend.Index));
        }

        Publish();
        Timers.StartPeriodicTimer(Digest.Instance, Digest.Instance, s_digest);
        TakeTurn();
    }

    private void Monitoring()
    {
        Receive<Turn>(_ => TakeTurn());
        Receive<ProbeReport>(report =>
        {
            if (!_rounds.TryGetValue(report.Backend, out var round)) return;
            _rounds[report.Backend] = round.Add(report);
            TakeTurn();
        });
        Receive<FailureReport>(report =>
        {
            foreach (var backend in report.Backends) _checks.Hurry(backend);
            TakeTurn();
        });
        Receive<PullSnapshot>(_ => SendTo([Sender]));
        Receive<Digest>(_ =>
        {
            var digest = new HealthDigest(_state.Snapshot.Term, _state.Snapshot.Sequence);
            foreach (var agent in _peers.All) agent.Tell(digest, Self);
        });
        Receive<HealthSnapshotPart>(GoOnFrom);
        Receive<TableChange>(Follow);
    }

    /// <summary>What is new is asked at once, what is gone no more.</summary>
    private void Follow(TableChange change)
    {
        foreach (var gone in change.Removed)
        {
            _checks.Drop(gone.Id);
            _rounds.Remove(gone.Id);
        }

        var before = _state;
        _state = _state.Follow(_tables.Current);
        if (!ReferenceEquals(before, _state)) Publish();
        var now = _clock.NowMilliseconds;
        foreach (var pool in _tables.Current.Pools.Where(pool => pool.Config.Health.Probe is not null))
        {
            foreach (var backend in pool.Members.Where(backend => !_checks.Contains(backend.Id) && !_rounds.ContainsKey(backend.Id)))
                Schedule(backend.Id, now, CheckSchedule.Founding(backend.Index, pool.Members.Count, pool.Config.Health));
        }

        TakeTurn();
    }

    /// <summary>A node that joined has a newer word than any that was there when this monitor began: goes on from it, above it.</summary>
    private void GoOnFrom(HealthSnapshotPart part)
    {
        if (Gather(part) is not { } whole || !whole.IsNewerThan(_state.Snapshot)) return;
        _state = HealthMonitorState.Resume(_memory.Servers.Complete(whole, _tables.Current), _mark).Follow(_tables.Current);
        Publish();
    }

    /// <returns>The snapshot of which the last part has come; null = more are to come.</returns>
    private HealthSnapshot? Gather(HealthSnapshotPart part)
    {
        if (!_gathered.TryGetValue(Sender, out var assembler)) _gathered[Sender] = assembler = new SnapshotAssembler();
        if (assembler.Add(part, _clock.NowMilliseconds) is not { } whole) return null;
        _gathered.Remove(Sender);
        return whole;
    }

    private void TakeTurn()
    {
        var before = _state;
        foreach (var done in _checks.TakeResults()) Take(done);
        var now = _clock.NowMilliseconds;
        foreach (var (backend, round) in _rounds)
        {
            if (round.IsOver(now)) Close(backend, round, now);
        }

        if (!ReferenceEquals(before, _state)) Publish();
        // A round may end without an answer, so it needs turns of its own.
        if ((_checks.StartDue() is var next && _rounds.Count > 0 ? Checker.Turn : next) is { } soon)
            Timers.StartSingleTimer(Turn.Instance, Turn.Instance, soon);
    }

    private void Take(CheckDone done)
    {
        if (_tables.Current.FindBackend(done.Backend) is not { } found) return;
        var config = found.Pool.Config;
        switch (done.Result)
        {
            case null:
                Schedule(done.Backend, done.At, CheckSchedule.Next(_state.StateOf(done.Backend, done.At), config.Health, _random));
                return;
            case { Passed: true } passed:
                _memory.Probes.Add(done.Backend, passed: true);
                _state = _state.Pass(done.Backend, passed.Reason, config, done.At);
                Schedule(done.Backend, done.At, CheckSchedule.Next(_state.StateOf(done.Backend, done.At), config.Health, _random));
                return;
            case { } failed:
                _memory.Probes.Add(done.Backend, passed: false);
                Open(done.Backend, failed, config.Health, done.At);
                return;
        }
    }

    /// <summary>Asks witnesses, of what is down too: if only this node cannot reach it, only others can tell that it is back.</summary>
    private void Open(string backend, CheckResult failed, HealthConfig config, long now)
    {
        var witnesses = Witnesses();
        var server = _tables.Current.FindBackend(backend) is { } found ? ServerName.Of(found.Backend) : "";
        foreach (var witness in witnesses) witness.Tell(new ProbeRequest(backend) { Address = server }, Self);
        var deadline = now + (long)(config.Timeout + s_witnessing).TotalMilliseconds;
        _rounds[backend] = WitnessRound.Open(_node, failed, witnesses.Count, deadline);
    }

    private void Close(string backend, WitnessRound round, long now)
    {
        _rounds.Remove(backend);
        if (_tables.Current.FindBackend(backend) is not { } found) return;
        var config = found.Pool.Config;
        if (round.IsConfirmed)
        {
            _state = _state.Fail(backend, round.Failures, round.Evidence(), config, now);
        }
        else
        {
            _state = _state.Doubt(backend, round.Evidence(), config, now);
            _ownChecks.Tell(new Suspect(backend));
        }

        Schedule(backend, now, CheckSchedule.Next(_state.StateOf(backend, now), config.Health, _random));
    }

    private IReadOnlyList<ICanTell> Witnesses()
    {
        var others = _peers.Others;
        if (others.Count <= MostWitnesses) return others;
        var start = _random.Next(others.Count);
        return [.. Enumerable.Range(start, MostWitnesses).Select(i => others[i % others.Count])];
    }

    private void Publish() => SendTo(_peers.All);

    private void SendTo(IReadOnlyList<ICanTell> agents)
    {
        var parts = SnapshotParts.Split(_state.Snapshot, _clock.NowMilliseconds);
        foreach (var agent in agents)
        {
            foreach (var part in parts) agent.Tell(part, Self);
        }
    }

    private void Schedule(string backend, long now, TimeSpan delay) => _checks.Schedule(backend, now + (long)delay.TotalMilliseconds);

    private sealed class Turn : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Turn Instance = new();
    }

    private sealed class Digest : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Digest Instance = new();
    }

    private sealed class GatheredEnough : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly GatheredEnough Instance = new();
    }
}
