using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Agents;

/// <summary>
/// Tells every node that it can talk to five times a second what this one has in flight and how it is, and puts what they tell into the
/// backends' loads, where pickers read it. A node that falls silent is forgotten: what a dead node had in flight is over.
/// </summary>
internal sealed class GaugeExchangeActor : ReceiveActor, IWithTimers
{
    private const long SilenceMilliseconds = 2_000;

    private readonly MembershipMemory _members;
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly IPeers _peers;
    private readonly OwnReport _own;
    private readonly GaugeTable _gauges = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public GaugeExchangeActor(MembershipMemory members, RoutingTableHolder tables, Clock clock, IPeers peers, OwnReport own)
    {
        (_members, _tables, _clock, _peers, _own) = (members, tables, clock, peers, own);
        Receive<Exchange>(_ => Tell());
        Receive<NodeChanged>(_ => Tell());
        Receive<NodeReport>(report => Hear(Sender.Path.Address.ToString(), report));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(NodeChanged));
        Timers.StartPeriodicTimer(Exchange.Instance, Exchange.Instance, NodeReport.Round);
    }

    /// <summary>Whoever takes over knows nothing of the others yet.</summary>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        foreach (var address in _members.Peers.Keys) Forget(address);
    }

    private void Tell()
    {
        var now = _clock.NowMilliseconds;
        foreach (var (address, peer) in _members.Peers)
        {
            if (now - peer.HeardAt > SilenceMilliseconds) Forget(address);
        }

        var neighbours = _peers.Neighbours;
        if (neighbours.Count == 0) return;
        var report = _own.Read();
        foreach (var neighbour in neighbours) neighbour.Agent.Tell(report, Self);
    }

    private void Hear(string address, NodeReport report)
    {
        if (!_members.Peers.ContainsKey(address) && report.Node == _members.Node)
            _log.Warning("the node at {0} is named {1} too: give every node a name of its own (node.name)", address, report.Node);
        _members.Names[address] = report.Node;
        _members.Peers[address] = new PeerReport(report, _clock.NowMilliseconds);
        var nodes = _gauges.Nodes;
        var touched = _gauges.Replace(address, report.Gauges);
        Apply(_gauges.Nodes == nodes ? touched : [.. touched, .. _gauges.Backends]);
    }

    private void Forget(string address)
    {
        _members.Forget(address);
        Apply([.. _gauges.Drop(address), .. _gauges.Backends]);
    }

    private void Apply(IEnumerable<string> backends)
    {
        foreach (var id in backends)
        {
            if (_tables.Current.FindBackend(id) is { } found) found.Backend.Load.SetRemote(_gauges.TotalOf(id), _gauges.Nodes);
        }
    }

    private sealed class Exchange : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Exchange Instance = new();
    }
}

/// <summary>This node serves, drains or leaves: a round is due.</summary>
internal sealed record NodeChanged : INoSerializationVerificationNeeded, IDeadLetterSuppression;
