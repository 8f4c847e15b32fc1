using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Agents;

/// <summary>
/// Where other nodes reach this one, at a path that is the same everywhere. Keeps the monitor's newest word and notices when there is none
/// to be heard; probes as a witness; passes the rest on.
/// </summary>
#pragma warning disable CA1001 // An actor's life ends in PostStop, which disposes.
internal sealed class NodeAgentActor : ReceiveActor, IWithTimers
#pragma warning restore CA1001
{
    public const string Name = ClusterPeers.AgentName;

    /// <summary>Five digests of a second each.</summary>
    private const long PatienceMilliseconds = 5_000;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly string _node;
    private readonly HealthMemory _memory;
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly IBackendCheck _check;
    private readonly MembershipMemory _members;
    private readonly IPeers _peers;
    private readonly AgentDependencies _shared;
    private readonly SnapshotAssembler _assembler = new();
    private readonly CancellationTokenSource _stopping = new();
    private IActorRef _monitor = ActorRefs.Nobody;
    private long _heardAt;

    public NodeAgentActor(HealthDependencies health, MembershipMemory members, IPeers peers, AgentDependencies shared)
    {
        (_node, _memory, _tables, _clock, _check) = health;
        (_members, _peers, _shared, _heardAt) = (members, peers, shared, _clock.NowMilliseconds);
        Receive<HealthSnapshotPart>(Take);
        Receive<HealthDigest>(Take);
        Receive<PullSnapshot>(_ => SendSnapshot());
        Receive<ProbeRequest>(Witness);
        Receive<NodeReport>(report =>
        {
            _shared.Gauges.Forward(report);
            _shared.Admin.Forward(report);
            _shared.CookieKey.Forward(report);
            _shared.Reload.Forward(report);
            LookAtVerdicts(report);
        });
        Receive<AdminIntent>(intent => _shared.Admin.Forward(intent));
        Receive<AdminStateTold>(told => _shared.Admin.Forward(told));
        Receive<CookieKeysTold>(told => _shared.CookieKey.Forward(told));
        Receive<FoundPart>(part => _shared.FoundWords.Forward(part));
        Receive<FoundDigest>(digest => _shared.FoundWords.Forward(digest));
        Receive<NodeCommand>(command => _shared.Admin.Forward(command));
        Receive<PrepareReload>(message => _shared.Reload.Forward(message));
        Receive<SwitchReload>(message => _shared.Reload.Forward(message));
        Receive<AbandonReload>(message => _shared.Reload.Forward(message));
        Receive<EventsRequest>(_ => Sender.Tell(new EventsReport(_members.Events.Read().ToEquatableList())));
        Receive<TrafficFailed>(_ => Report());
        Receive<Look>(_ => LookForMonitor());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        var self = Self;
        _memory.Reports.Subscribe(() => self.Tell(TrafficFailed.Instance));
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, s_look);
    }

    protected override void PostStop()
    {
        _memory.Reports.Subscribe(null);
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void Take(HealthSnapshotPart part)
    {
        if (!HealthSnapshot.IsNewer(part.Term, part.Sequence, _memory.LastSnapshot)) return;
        var isMonitor = Sender.Path.Name != Name;
        if (isMonitor) Hear();
        if (_assembler.Add(part, _clock.NowMilliseconds) is not { } whole) return;
        _memory.LastSnapshot = whole;
        _memory.HasHeardMonitor |= isMonitor;
        _shared.Publisher.Tell(whole);
        _shared.OwnChecks.Tell(new VerdictsHeard());
    }

    private void Take(HealthDigest digest)
    {
        var held = _memory.LastSnapshot;
        // A monitor that began without this node's word, or that another has followed, does not know it yet.
        if ((digest.Term, digest.Sequence).CompareTo((held.Term, held.Sequence)) < 0)
        {
            SendSnapshot();
            return;
        }

        Hear();
        if (HealthSnapshot.IsNewer(digest.Term, digest.Sequence, held)) Sender.Tell(new PullSnapshot());
        else _memory.HasHeardMonitor = true;
    }

    /// <summary>
    /// While this node starts and no monitor tells it, whoever knows is asked: there may be no monitor any more where that one was.
    /// </summary>
    private void LookAtVerdicts(NodeReport report)
    {
        if (_memory.HasHeardMonitor || _memory.IsStale || !HealthSnapshot.IsNewer(report.Term, report.Sequence, _memory.LastSnapshot))
            return;
        _peers.AgentBeside(Sender).Tell(new PullSnapshot(), Self);
    }

    private void SendSnapshot()
    {
        foreach (var part in SnapshotParts.Split(_memory.LastSnapshot, _clock.NowMilliseconds)) Sender.Tell(part);
    }

    private void Hear()
    {
        var isFirst = _monitor.IsNobody();
        (_monitor, _heardAt) = (Sender, _clock.NowMilliseconds);
        if (isFirst) Report();
        if (!_memory.IsStale) return;
        _memory.IsStale = false;
        var monitor = Sender.Path.Address.HasLocalScope ? _node : _members.NameOf(Sender.Path.Address.ToString());
        _members.Events.Announce(_node, $"hears the monitor on {monitor} again");
        _shared.OwnChecks.Tell(new MonitorHeard());
    }

    private void LookForMonitor()
    {
        if (_memory.IsStale)
        {
            // Said again as long as it holds: whoever checks instead answers for it.
            _shared.OwnChecks.Tell(new MonitorLost());
            return;
        }

        if (_clock.NowMilliseconds - _heardAt < PatienceMilliseconds)
        {
            _memory.Watch();
            return;
        }

        _memory.IsStale = true;
        _members.Events.Announce(_node, "hears no monitor; goes on with the last verdicts and checks for itself");
        _shared.OwnChecks.Tell(new MonitorLost());
    }

    /// <summary>Reports wait for somebody to take them: those that came before this actor announce themselves no more.</summary>
    private void Report()
    {
        if (_monitor.IsNobody()) return;
        var failing = _memory.Reports.Take();
        if (failing.Count == 0) return;
        _monitor.Tell(new FailureReport(failing.ToEquatableList()));
        if (_peers.Others.Count == 0) return;
        foreach (var backend in failing) _shared.OwnChecks.Tell(new Suspect(backend));
    }

    private void Witness(ProbeRequest request)
    {
        var backend = request.Backend;
        // Who does not know the address, or finds another one under the name, has learnt nothing of the server.
        if (_tables.Current.FindBackend(backend) is not { Backend.NameProblem.Length: 0 } found
            || !ServerName.IsOf(request.Address, found.Backend))
        {
            Sender.Tell(new ProbeReport(backend, _node, null));
            return;
        }

        var (ownChecks, node) = (_shared.OwnChecks, _node);
        _check.ProbeAsync(found.Backend, found.Pool.Config.Health, _stopping.Token).PipeTo(Sender, Self, result =>
        {
            if (result is { Passed: false }) ownChecks.Tell(new Suspect(backend));
            return new ProbeReport(backend, node, result);
        });
    }

    private sealed class TrafficFailed : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly TrafficFailed Instance = new();
    }

    private sealed class Look : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Look Instance = new();
    }
}

/// <summary>Whom an agent passes things on to.</summary>
internal sealed record AgentDependencies(IActorRef Publisher, IActorRef OwnChecks, IActorRef Gauges, IActorRef Admin, IActorRef CookieKey)
{
    /// <summary>Hears what another node has found by name; nobody by default.</summary>
    public IActorRef FoundWords { get; init; } = ActorRefs.Nobody;

    /// <summary>Nobody where the process reads no files.</summary>
    public IActorRef Reload { get; init; } = ActorRefs.Nobody;
}
