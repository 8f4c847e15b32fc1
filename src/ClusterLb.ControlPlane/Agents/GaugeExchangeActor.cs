using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Agents;

/// <summary>
/// Tells every node that it can talk to five times a second what this one has in flight and how it is, and puts what they tell into the
/// backends' loads, where pickers read it. A node that falls silent is forgotten: what a dead node had in flight is over.
/// </summary>
internal sealed class GaugeExchangeActor : ReceiveActor, IWithTimers
{
    private const long SilenceMilliseconds = 2_000;

    private readonly ControlPlaneMemory _memory;
    private readonly IPeers _peers;
    private readonly ILocalNode _node;
    private readonly GaugeTable _gauges = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public GaugeExchangeActor(ControlPlaneMemory memory, IPeers peers, ILocalNode node)
    {
        (_memory, _peers, _node) = (memory, peers, node);
        Receive<Exchange>(_ => Tell());
        Receive<NodeReport>(report => Hear(Sender.Path.Address.ToString(), report));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Exchange.Instance, Exchange.Instance, NodeReport.Round);

    /// <summary>Whoever takes over knows nothing of the others yet.</summary>
    protected override void PostStop()
    {
        foreach (var address in _memory.Peers.Keys) Forget(address);
    }

    private void Tell()
    {
        var now = _memory.NowMilliseconds;
        foreach (var (address, peer) in _memory.Peers)
        {
            if (now - peer.HeardAt > SilenceMilliseconds) Forget(address);
        }

        var neighbours = _peers.Neighbours;
        if (neighbours.Count == 0) return;
        var report = ReportOf(_memory, _node);
        foreach (var neighbour in neighbours) neighbour.Agent.Tell(report, Self);
    }

    /// <summary>This node as it is now.</summary>
    public static NodeReport ReportOf(ControlPlaneMemory memory, ILocalNode node)
    {
        var snapshot = memory.LastSnapshot;
        var backends = memory.Tables.Current.Pools.SelectMany(pool => pool.Members);
        return new NodeReport(
            memory.Config.Node.Name,
            node.Read(),
            snapshot.Term,
            snapshot.Sequence,
            memory.IsStale,
            backends.Select(backend => new Gauge(backend.Id, backend.Load.InFlight)).Where(gauge => gauge.InFlight > 0).ToEquatableList(),
            memory.Unreachable.Select(one => new Exclusion(one.Key, one.Value)).ToEquatableList(),
            memory.Drains.Values.ToEquatableList())
        {
            AdminDigest = memory.AdminDigest,
            KeysDigest = memory.KeysDigest,
        };
    }

    private void Hear(string address, NodeReport report)
    {
        if (!_memory.Peers.ContainsKey(address) && report.Node == _memory.Config.Node.Name)
            _log.Warning("the node at {0} is named {1} too: give every node a name of its own (node.name)", address, report.Node);
        _memory.Names[address] = report.Node;
        _memory.Peers[address] = new PeerReport(report, _memory.NowMilliseconds);
        var nodes = _gauges.Nodes;
        var touched = _gauges.Replace(address, report.Gauges);
        Apply(_gauges.Nodes == nodes ? touched : [.. touched, .. _gauges.Backends]);
    }

    private void Forget(string address)
    {
        _memory.Peers.TryRemove(address, out _);
        Apply([.. _gauges.Drop(address), .. _gauges.Backends]);
    }

    private void Apply(IEnumerable<string> backends)
    {
        foreach (var id in backends)
        {
            if (_memory.Tables.Current.FindBackend(id) is { } found) found.Backend.Load.SetRemote(_gauges.TotalOf(id), _gauges.Nodes);
        }
    }

    private sealed class Exchange : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Exchange Instance = new();
    }
}
