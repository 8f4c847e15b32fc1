using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Akka.Event;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using Clock = ClusterLb.Core.Time.Clock;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>
/// Keeps what operators want of backends and nodes the same on every node: a command is kept by most nodes and told to all directly;
/// whoever reports a digest that is not this node's is told everything this node knows (decision 0028). A side of a partition that is no
/// majority refuses commands.
/// </summary>
internal sealed class AdminStateActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_agreement = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
    private static readonly LWWDictionaryKey<string, AdminIntent> s_key = new("admin-intents");

    private readonly AdminMemory _memory;
    private readonly MembershipMemory _members;
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly Func<bool> _isStoreRead;
    private readonly IActorRef _backends;
    private readonly IPeers _peers;
    private readonly ILocalNode _node;
    private readonly string _self;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>
    /// Said to the replicator and not heard back yet, the newest by backend: what a command that follows at once must go on from.
    /// </summary>
    private readonly Dictionary<string, AdminIntent> _underWay = [];

    private readonly Retelling _retelling;
    private bool _hasStoredState;

    public AdminStateActor(AdminDependencies shared, IActorRef backends, IPeers peers, ILocalNode node)
    {
        (_memory, _members, _tables, _clock, _isStoreRead) = shared;
        (_backends, _peers, _node, _self) = (backends, peers, node, AdminIntent.OfNode(_members.Node));
        _retelling = new Retelling(peers, Differs, TellAll);
        Receive<BackendCommand>(Obey);
        Receive<NodeCommand>(Obey);
        Receive<AdminIntent>(Accept);
        Receive<AdminStateTold>(told => AcceptAll(told.Intents));
        Receive<NodeReport>(report => _retelling.Compare(report, Sender, Self));
        Receive<Changed>(changed => AcceptAll(changed.Get(s_key).Select(entry => entry.Value)));
        Receive<Look>(_ => LookAround());
        Receive<UpdateSuccess>(done => Answer(done.Request, ""));
        Receive<IUpdateFailure>(failed =>
            Answer(failed.Request, "most nodes did not confirm it in time; it may still take effect, so look again or repeat it"));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _memory.Recount();
        _replicator.Tell(Dsl.Subscribe(s_key, Self));
        if (!_memory.IsKnown) Timers.StartPeriodicTimer(Look.Instance, Look.Instance, s_look);
    }

    /// <summary>What operators want is known when every node that can be reached knows the same, and the pools go by it.</summary>
    private void LookAround()
    {
        // What the store remembers was told before it said that it had been read; by the next look it is here.
        if (!_hasStoredState) _hasStoredState = _isStoreRead();
        else if (_members.HasLookedAround && _peers.Neighbours.All(Agrees) && _memory.Intents.Values.All(IsFollowed)) EndLooking();
    }

    private void EndLooking()
    {
        _memory.IsKnown = true;
        Timers.Cancel(Look.Instance);
    }

    private bool Agrees(Neighbour neighbour) =>
        _members.Peers.TryGetValue(neighbour.Address, out var heard) && !Differs(heard.Report);

    /// <summary>
    /// The homes of its pool have settled, too: a change that this node heard of late may count here later than elsewhere.
    /// </summary>
    private bool IsFollowed(AdminIntent intent)
    {
        if (_tables.Current.FindBackend(intent.Backend) is not { } found) return true;
        return found.Pool.Homes.ChangesAt == long.MaxValue && intent.IsFollowedBy(found.Pool.Read(found.Backend));
    }

    private bool Differs(NodeReport report) =>
        (report.AdminDigest ?? _memory.Digest) != _memory.Digest || (report.ModesDigest ?? _memory.ModesDigest) != _memory.ModesDigest;

    private IEnumerable<AdminStateTold> TellAll() =>
        _memory.Intents.Values.Chunk(AdminStateTold.Most).Select(some => new AdminStateTold(some.ToEquatableList()));

    private void AcceptAll(IEnumerable<AdminIntent> intents)
    {
        foreach (var intent in intents) Accept(intent);
    }

    private void Accept(AdminIntent intent)
    {
        if (!AdminIntents.Overrules(intent, _memory.Intents.GetValueOrDefault(intent.Backend))) return;
        _memory.Keep(intent);
        if (_underWay.TryGetValue(intent.Backend, out var said) && !AdminIntents.Overrules(said, intent)) _underWay.Remove(intent.Backend);
        if (intent.Backend == _self) Become(intent.State);
        else _backends.Tell(intent);
    }

    /// <summary>Also what was wanted of the process before this one: a node that was drained stays so until it is made ready.</summary>
    private void Become(AdminState state)
    {
        var isDrain = state == AdminState.Draining;
        if (isDrain) _node.Drain();
        else _node.Ready();
        _members.Events.Announce(_members.Node, isDrain ? "drained by an operator" : "made ready by an operator");
    }

    private void Obey(BackendCommand command)
    {
        if (_tables.Current.FindBackend(command.Backend) is null)
        {
            Sender.Tell(new BackendAnswer(null, $"\"{command.Backend}\" is no backend"));
            return;
        }

        if (Quorum.Refusal(_cluster, _members) is { Length: > 0 } refusal)
        {
            Sender.Tell(new BackendAnswer(null, refusal));
            return;
        }

        var known = _memory.Intents.GetValueOrDefault(command.Backend);
        var intent = AdminIntents.Next(_underWay.GetValueOrDefault(command.Backend) ?? known, command, _members.Node, _clock.UtcNow);
        if (intent == known)
        {
            Sender.Tell(new BackendAnswer(intent, ""));
            return;
        }

        _underWay[command.Backend] = intent;
        Replicate(intent, new Pending(Sender, intent));
    }

    /// <summary>
    /// Nobody but the node itself decides on it, so it needs no majority; but it waits, for a while, until most nodes would remind it.
    /// </summary>
    private void Obey(NodeCommand command)
    {
        var intent = AdminIntents.OfNode(_memory.Intents.GetValueOrDefault(_self), command.IsDrain, _members.Node, _clock.UtcNow);
        Accept(intent);
        Tell(intent);
        Replicate(intent, new PendingNode(Sender));
    }

    private void Replicate(AdminIntent intent, object request) =>
        _replicator.Tell(Dsl.Update(s_key, LWWDictionary<string, AdminIntent>.Empty, new WriteMajority(s_agreement), request,
            map => Put(map, intent)));

    private LWWDictionary<string, AdminIntent> Put(LWWDictionary<string, AdminIntent> map, AdminIntent intent) =>
        map.SetItem(_cluster, intent.Backend, intent, static (_, value) => value.Version);

    private void Tell(AdminIntent intent)
    {
        foreach (var neighbour in _peers.Neighbours) neighbour.Agent.Tell(intent, Self);
    }

    private void Answer(object? request, string refusal)
    {
        if (request is PendingNode node) node.Operator.Tell(new NodeCommandDone(_node.Read().Phase));
        if (request is not Pending pending) return;
        if (refusal.Length > 0)
        {
            _log.Warning("{0}: {1}", pending.Intent, refusal);
            // Either it has been heard back from this node's own replica by now, or it was never kept.
            if (_underWay.GetValueOrDefault(pending.Intent.Backend) == pending.Intent) _underWay.Remove(pending.Intent.Backend);
            pending.Operator.Tell(new BackendAnswer(null, refusal));
            return;
        }

        Accept(pending.Intent);
        Tell(pending.Intent);
        pending.Operator.Tell(new BackendAnswer(pending.Intent, ""));
    }

    private sealed record Pending(IActorRef Operator, AdminIntent Intent);

    private sealed record PendingNode(IActorRef Operator);

    private sealed class Look : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Look Instance = new();
    }
}
