using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Akka.Event;
using Akka.Hosting;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>
/// Keeps what operators want of backends the same on every node: replicated as a map of last writers, told to every agent directly as well so that
/// nobody waits for gossip. A side of a partition that is no majority refuses commands.
/// </summary>
internal sealed class AdminStateActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_agreement = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private static readonly LWWDictionaryKey<string, AdminIntent> s_key = new("admin-intents");

    private readonly ControlPlaneMemory _memory;
    private readonly IActorRef _backends;
    private readonly IPeers _peers;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>Said to the replicator and not heard back yet, the newest by backend: what a command that follows at once must go on from.</summary>
    private readonly Dictionary<string, AdminIntent> _underWay = [];

    public AdminStateActor(ControlPlaneMemory memory, IActorRef backends, IPeers peers)
    {
        (_memory, _backends, _peers) = (memory, backends, peers);
        Receive<BackendCommand>(Obey);
        Receive<AdminIntent>(intent => Accept(intent));
        Receive<Changed>(changed => AcceptAll(changed.Get(s_key)));
        Receive<GetSuccess>(found => Learn(found.Get(s_key)));
        Receive<NotFound>(_ => Learn(LWWDictionary<string, AdminIntent>.Empty));
        Receive<GetFailure>(_ => Timers.StartSingleTimer(Ask.Instance, Ask.Instance, s_retry));
        Receive<Ask>(_ => AskOthers());
        Receive<IntentsRemembered>(remembered => Restore(remembered.Intents));
        Receive<UpdateSuccess>(done => Answer(done.Request, ""));
        Receive<IUpdateFailure>(failed => Answer(failed.Request, "most nodes did not confirm it in time; it may still take effect, so look again or repeat it"));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _replicator.Tell(Dsl.Subscribe(s_key, Self));
        AskOthers();
    }

    /// <summary>Not before this node is a member: until then it would only hear itself.</summary>
    private void AskOthers()
    {
        if (_cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp) _replicator.Tell(Dsl.Get(s_key, new ReadMajority(s_agreement)));
        else Timers.StartSingleTimer(Ask.Instance, Ask.Instance, TimeSpan.FromMilliseconds(200));
    }

    /// <summary>What the cluster knows; and what this node remembers of before its actors restarted, in case the cluster does not.</summary>
    private void Learn(LWWDictionary<string, AdminIntent> known)
    {
        AcceptAll(known);
        var own = _memory.Intents.Values.Where(intent => !known.TryGetValue(intent.Backend, out var other) || other.Version < intent.Version).ToList();
        if (own.Count > 0) _replicator.Tell(Dsl.Update(s_key, LWWDictionary<string, AdminIntent>.Empty, WriteLocal.Instance, map => own.Aggregate(map, Put)));
        _memory.HasAdminState = true;
    }

    /// <summary>From a store outside: what the cluster does not know, or knows an older word of.</summary>
    private void Restore(IReadOnlyList<AdminIntent> remembered)
    {
        var newer = remembered.Where(intent => !_memory.Intents.TryGetValue(intent.Backend, out var held) || held.Version < intent.Version).ToList();
        foreach (var intent in newer) Accept(intent);
        if (newer.Count > 0) _replicator.Tell(Dsl.Update(s_key, LWWDictionary<string, AdminIntent>.Empty, WriteLocal.Instance, map => newer.Aggregate(map, Put)));
    }

    private void AcceptAll(LWWDictionary<string, AdminIntent> map)
    {
        foreach (var (_, intent) in map) Accept(intent);
    }

    private void Accept(AdminIntent intent)
    {
        if (_memory.Intents.TryGetValue(intent.Backend, out var held) && held.Version >= intent.Version) return;
        _memory.Intents[intent.Backend] = intent;
        if (_underWay.TryGetValue(intent.Backend, out var said) && said.Version <= intent.Version) _underWay.Remove(intent.Backend);
        _backends.Tell(intent);
    }

    private void Obey(BackendCommand command)
    {
        if (_memory.Tables.Current.FindBackend(command.Backend) is null)
        {
            Sender.Tell(new BackendAnswer(null, $"\"{command.Backend}\" is no backend"));
            return;
        }

        if (Quorum.Refusal(_cluster, _memory) is { Length: > 0 } refusal)
        {
            Sender.Tell(new BackendAnswer(null, refusal));
            return;
        }

        var known = _memory.Intents.GetValueOrDefault(command.Backend);
        var intent = AdminIntents.Next(_underWay.GetValueOrDefault(command.Backend) ?? known, command, _memory.Config.Node.Name, _memory.UtcNow);
        if (intent == known)
        {
            Sender.Tell(new BackendAnswer(intent, ""));
            return;
        }

        _underWay[command.Backend] = intent;
        _replicator.Tell(Dsl.Update(
            s_key, LWWDictionary<string, AdminIntent>.Empty, new WriteMajority(s_agreement), new Pending(Sender, intent), map => Put(map, intent)));
    }

    private LWWDictionary<string, AdminIntent> Put(LWWDictionary<string, AdminIntent> map, AdminIntent intent) =>
        map.SetItem(_cluster, intent.Backend, intent, static (_, value) => value.Version);

    private void Answer(object? request, string refusal)
    {
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
        foreach (var agent in _peers.Others) agent.Tell(pending.Intent, Self);
        pending.Operator.Tell(new BackendAnswer(pending.Intent, ""));
    }

    private sealed record Pending(IActorRef Operator, AdminIntent Intent);

    private sealed class Ask : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Ask Instance = new();
    }
}

/// <summary>To a node's admin state: what a store outside has kept.</summary>
internal sealed record IntentsRemembered(IReadOnlyList<AdminIntent> Intents) : INoSerializationVerificationNeeded;

internal static class AdminStateRegistration
{
    /// <summary>Needs <see cref="BackendsRegistration.WithBackends"/> before it.</summary>
    public static AkkaConfigurationBuilder WithAdminState(this AkkaConfigurationBuilder builder, ControlPlaneMemory memory) =>
        builder.WithActors((system, registry) => registry.Register<AdminStateActor>(system.ActorOf(
            Props.Create(() => new AdminStateActor(memory, registry.Get<BackendsActor>(), new ClusterPeers(system))), "admin-state")));
}
