using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// The one place where a session is bound or moved, so that two nodes never move one session to two backends. Goes as soon as it has
/// answered; what it knows is in the tables of all nodes, so it may come up on any of them.
/// </summary>
/// <param name="exchange">Of the node: makes known what is decided here.</param>
internal sealed class SessionActor(SessionDependencies shared, IActorRef exchange) : UntypedActor, IWithStash, IWithTimers
{
    /// <summary>Beyond what peers are waited for: an exchange that was restarted meanwhile answers nobody.</summary>
    public static readonly TimeSpan ExtraPatience = TimeSpan.FromMilliseconds(750);

    /// <summary>
    /// A quarter of what an answer may wait for its session to be known: one that is just about to be found away must not cost it all.
    /// </summary>
    private static readonly TimeSpan s_storeBudget = TimeSpan.FromMilliseconds(25);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Binding? _held;
    private Binding? _announced;
    private bool _isLeaving;
    private IActorRef _asker = ActorRefs.Nobody;

    public IStash Stash { get; set; } = null!;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(SessionDependencies shared, IActorRef exchange) =>
        Akka.Actor.Props.Create(() => new SessionActor(shared, exchange));

    /// <summary>The first message: what the store knows may be newer than what this node does.</summary>
    protected override void OnReceive(object message)
    {
        Become(Decide);
        if (message is not ISessionMessage { Session: var session } || shared.Store is not { IsUp: true } store)
        {
            Decide(message);
            return;
        }

        Stash.Stash();
        BecomeStacked(Load);
        store.FindAsync(session, s_storeBudget).PipeTo(Self, success: found => new Found(found));
    }

    private void Load(object message)
    {
        switch (message)
        {
            case Found found:
                if (found.Binding is { Session.IsNone: false } binding) _held = binding;
                Resume();
                break;
            case Status.Failure failure:
                _log.Warning("the store failed: {0}", failure.Cause);
                Resume();
                break;
            default:
                Stash.Stash();
                break;
        }
    }

    private void Decide(object message)
    {
        if (message is not ISessionMessage addressed)
        {
            if (message is Leave) Context.Stop(Self);
            // What an announcement that was no longer waited for brings is late.
            else if (message is not BindingAnnounced) Unhandled(message);
            return;
        }

        var now = shared.Clock.UtcSeconds;
        if (shared.Memory.Bindings.TryGet(addressed.Session, now, out var known))
            _held = _held is { } held && !held.IsExpired(now) ? SessionDecision.Newest(held, known) : known;
        var decision = addressed switch
        {
            ClaimSession claim => SessionDecision.Claim(_held, claim, now),
            MoveSession move => SessionDecision.Move(_held, move, shared.Tables.Current.Find(move.Pool), now),
            EvictSession evict => SessionDecision.Evict(_held, evict.Known, now),
            _ => SessionDecision.Find(_held, now),
        };
        Act(decision, addressed is ClaimSession, now);
    }

    private void Act(SessionDecision decision, bool isClaim, uint now)
    {
        _held = decision.Held;
        if (decision is { MustBeAnnounced: true, Answer: { } news } && !IsAnnounced(news))
        {
            (_asker, _announced) = (Sender, news);
            BecomeStacked(Announce);
            Timers.StartSingleTimer(GiveUp.Instance, GiveUp.Instance, Announcements.PatienceOf(shared.Config) + ExtraPatience);
            exchange.Tell(new AnnounceBinding(news), Self);
            return;
        }

        // That it lives longer now, the asking node tells all others; should it die first, it is known here all the same.
        if (isClaim && _held is { } claimed) shared.Memory.Bindings.Put(claimed, now);
        Sender.Tell(new SessionBound(decision.Answer));
        BeginToLeave();
    }

    /// <summary>Whoever asks meanwhile is answered after: by then it is true everywhere.</summary>
    private void Announce(object message)
    {
        switch (message)
        {
            case BindingAnnounced announced:
                if (announced.Binding == _announced) EndAnnouncement();
                break;
            case GiveUp:
                EndAnnouncement();
                break;
            default:
                Stash.Stash();
                break;
        }
    }

    private void EndAnnouncement()
    {
        Timers.Cancel(GiveUp.Instance);
        _asker.Tell(new SessionBound(_announced));
        Resume();
        BeginToLeave();
    }

    /// <summary>
    /// Its shard keeps what comes for the session from now on, for the actor after this one; what came before is answered still.
    /// </summary>
    private void BeginToLeave()
    {
        if (_isLeaving) return;
        _isLeaving = true;
        Context.Parent.Tell(new Passivate(Leave.Instance));
    }

    /// <summary>What another actor of this session announced may have been on its way still when that one ended.</summary>
    private bool IsAnnounced(Binding binding) =>
        _announced is { } known && (known.Version, known.Backend) == (binding.Version, binding.Backend);

    private void Resume()
    {
        UnbecomeStacked();
        Stash.UnstashAll();
    }

    private sealed class Leave : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Leave Instance = new();
    }

    private sealed class GiveUp : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly GiveUp Instance = new();
    }

    private sealed record Found(Binding? Binding) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
