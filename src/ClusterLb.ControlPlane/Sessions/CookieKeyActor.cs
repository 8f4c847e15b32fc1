using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Akka.Event;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Stores;
using Clock = ClusterLb.Core.Time.Clock;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// Agrees with the other nodes on the key of our cookie where the operator gave none: a set of secrets that only grows, in which all verify
/// and the least signs. The oldest node makes the first; a store outside keeps them all for when all nodes have stopped.
/// </summary>
internal sealed class CookieKeyActor : ReceiveActor, IWithTimers
{
    private static readonly GSetKey<string> s_key = new("cookie-keys");
    private static readonly TimeSpan s_agreement = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// So long the first key waits for a store that may have one of an earlier life of the cluster, whose cookies are to count still.
    /// </summary>
    private const long PatienceMilliseconds = 3_000;

    /// <summary>As long as a node waits for others at its start.</summary>
    private const long LongestMilliseconds = 10_000;

    private readonly CookieKeysHolder _keys;
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly Func<bool> _hasLookedAround;
    private readonly IDocumentStore? _store;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _startedAt;
    private readonly Retelling _retelling;

    /// <param name="shared">Its keys are what is agreed on.</param>
    /// <param name="store">Null = none.</param>
    /// <param name="peers">Whoever reports other keys is told these.</param>
    /// <param name="hasLookedAround">Everybody who may have a key has been heard.</param>
    public CookieKeyActor(SessionDependencies shared, IDocumentStore? store, IPeers peers, Func<bool> hasLookedAround)
    {
        (_keys, _tables, _clock) = (shared.Memory.CookieKeys, shared.Tables, shared.Clock);
        (_store, _hasLookedAround) = (store, hasLookedAround);
        _retelling = new Retelling(peers, Differs, TellAll);
        Receive<NodeReport>(report => _retelling.Compare(report, Sender, Self));
        Receive<CookieKeysTold>(Take);
        Receive<Changed>(changed => Take(changed.Get(s_key)));
        Receive<GetSuccess>(found => Learn(found.Get(s_key)));
        Receive<NotFound>(_ => Learn(GSet<string>.Empty));
        Receive<GetFailure>(_ => AskLater());
        Receive<Ask>(_ => AskOthers());
        Receive<Claimed>(Take);
        Receive<UpdateSuccess>(_ => { });
        Receive<IUpdateFailure>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _startedAt = _clock.NowMilliseconds;
        _replicator.Tell(Dsl.Subscribe(s_key, Self));
        AskOthers();
    }

    private void AskOthers()
    {
        if (_cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp)
            _replicator.Tell(Dsl.Get(s_key, new ReadMajority(s_agreement)));
        else AskLater();
    }

    private void AskLater() => Timers.StartSingleTimer(Ask.Instance, Ask.Instance, s_retry);

    /// <summary>
    /// What the cluster knows; and what this node remembers of before its actors restarted, in case the cluster does not.
    /// </summary>
    private void Learn(GSet<string> known)
    {
        Take(known);
        foreach (var own in _keys.Current.Secrets.Where(secret => !known.Contains(secret))) Add(own);
        if (known.Count > 0 || _keys.Current.Signing is not null) return;
        // Somebody who is in no cluster may have the key of the cookies that clients bring.
        var hasLookedAround = _hasLookedAround() || _clock.NowMilliseconds - _startedAt >= LongestMilliseconds;
        if (hasLookedAround && Oldest.IsSelf(_cluster)) Make();
        else AskLater();
    }

    private void Make()
    {
        var fresh = CookieKey.Generate();
        if (_store is null)
        {
            Add(fresh.Text);
            return;
        }

        var claim = _store.ClaimAsync(CookieKeyDocument.Name, CookieKeyDocument.Write([fresh.Text]));
        claim.PipeTo(Self, Self, kept => new Claimed(kept, fresh.Text));
    }

    private void Add(string secret) =>
        _replicator.Tell(Dsl.Update(s_key, GSet<string>.Empty, new WriteAll(s_agreement), set => set.Add(secret)));

    private bool Differs(NodeReport report)
    {
        var own = _keys.Current;
        return own.Signing is not null && (report.KeysDigest ?? own.Digest) != own.Digest;
    }

    private IEnumerable<CookieKeysTold> TellAll() => [new CookieKeysTold(_keys.Current.Secrets.ToEquatableList())];

    private void Take(CookieKeysTold told)
    {
        var news = told.Secrets.Except(_keys.Current.Secrets).ToList();
        Publish(news);
        foreach (var secret in news) Add(secret);
    }

    private void Take(GSet<string> known) => Publish([.. known]);

    private void Publish(List<string> known)
    {
        if (known.Count == 0) return;
        var isNews = _keys.Current.Signing is null && _tables.Current.Pools.Any(pool => pool.Config.Sticky.By == StickyBy.Cookie);
        _keys.Publish(CookieKeys.OfSecrets(known.Concat(_keys.Current.Secrets)));
        if (!isNews) return;
        _log.Warning(
            "sticky.keys is empty: cookies are signed with key {0}, which the nodes share{1}",
            _keys.Current.Signing!.Name,
            _store is null
                ? " as long as one of them lives; set sticky.keys, or a store, for sessions to outlive them all"
                : " and the store keeps");
    }

    /// <summary>
    /// What the store had before the claim, or has by it: what is kept there may be no key at all, and is written over later.
    /// </summary>
    private void Take(Claimed claimed)
    {
        if (claimed.Document is { } document)
        {
            var stored = CookieKeyDocument.Read(document);
            if (stored.Count == 0) Add(claimed.Fresh);
            else Take(new CookieKeysTold(stored.ToEquatableList()));
            return;
        }

        if (_clock.NowMilliseconds - _startedAt < PatienceMilliseconds) AskLater();
        else Add(claimed.Fresh);
    }

    /// <param name="Document">Null = the store is away.</param>
    /// <param name="Fresh">What was claimed.</param>
    private sealed record Claimed(byte[]? Document, string Fresh) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class Ask : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Ask Instance = new();
    }
}
