using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Time;
using ThisActorSystemQuarantinedEvent = Akka.Remote.ThisActorSystemQuarantinedEvent;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>
/// Brings this node into the cluster: joins through any seed that is in one, or forms one with the votes of most seeds; leaves a cluster
/// that does not hold most of them, since another one may. Tries for ever; the data plane serves meanwhile. Decision 0008 has why.
/// </summary>
internal sealed class BootstrapActor : ReceiveActor, IWithTimers
{
    public const string Name = "bootstrap";

    /// <summary>How long seeds have to answer a round of knocking.</summary>
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(400);

    /// <summary>How often a member looks whether its cluster holds most of the seeds.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Who has said nothing to knocks for so long cannot be reached: a control plane that begins anew takes two seconds or three.
    /// </summary>
    private const long SilenceMilliseconds = 4_000;

    /// <summary>A join that led nowhere within this is tried again through whoever is there then.</summary>
    private const long JoinMilliseconds = 10_000;

    private readonly MembershipMemory _memory;
    private readonly Clock _clock;
    private readonly IReadOnlyList<SeedConfig> _configured;
    private readonly ISeedResolver _resolver;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly NodeAddress _self;
    private readonly Dictionary<NodeAddress, bool> _answers = [];
    private readonly Dictionary<NodeAddress, SeedSilence> _silent = [];
    private readonly HashSet<NodeAddress> _heard = [];
    private readonly HashSet<NodeAddress> _votes = [];
    private Election _election = Election.New;
    private long _ballot;
    private long _campaignUntil;
    private long _joiningUntil;
    private string _waitsFor = "";

    /// <param name="seeds">As configured; none = a cluster of one.</param>
    /// <param name="resolver">Finds what they stand for.</param>
    public BootstrapActor(MembershipMemory memory, Clock clock, IReadOnlyList<SeedConfig> seeds, ISeedResolver resolver)
    {
        (_memory, _clock, _configured, _resolver) = (memory, clock, seeds, resolver);
        _self = NodeAddress.Of(_cluster.SelfAddress);
        Receive<Knock>(AnswerKnock);
        Receive<VoteRequest>(request => AnswerCandidate(request.Ballot));
        Receive<Knocked>(Note);
        Receive<Vote>(Count);
        Receive<IReadOnlyList<NodeAddress>>(Knock);
        Receive<Round>(_ => EndRound());
        Receive<Look>(_ => Resolve());
        Receive<LetGo>(_ => GiveUp());
        Receive<ThisActorSystemQuarantinedEvent>(BeginAnew);
        Receive<Status.Failure>(failure =>
        {
            _log.Warning("seeds were not looked up, which is tried again: {0}", failure.Cause.Message);
            Timers.StartSingleTimer(Look.Instance, Look.Instance, s_look);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsMember => _cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving;

    private IReadOnlyList<NodeAddress> Seeds => _memory.Seeds;

    private int Held => Quorum.HeldBy(_cluster.State, Seeds);

    /// <summary>On its way in: it has joined and waits to be Up, and must form nothing else.</summary>
    private bool IsJoining => _clock.NowMilliseconds < _joiningUntil;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        if (_configured.Count > 0)
        {
            Resolve();
            return;
        }

        _memory.HasLookedAround = true;
        _cluster.Join(_cluster.SelfAddress);
    }

    private void Resolve() => _resolver.ResolveAsync(_configured).PipeTo(Self);

    private void Knock(IReadOnlyList<NodeAddress> seeds)
    {
        // A name server that says nothing does not make nodes vanish.
        if (seeds.Count > 0) _memory.Seeds = seeds;
        if (IsMember) Hold();
        if (IsMember && _memory.HasLookedAround) return;

        _answers.Clear();
        foreach (var gone in _silent.Keys.Except(Seeds).ToList()) _silent.Remove(gone);
        foreach (var seed in Seeds.Where(seed => seed != _self)) KnockAt(seed, _clock.NowMilliseconds);
        LookAround();
        Timers.StartSingleTimer(Round.Instance, Round.Instance, s_round);
    }

    private void KnockAt(NodeAddress seed, long now)
    {
        var silent = _silent.GetValueOrDefault(seed, new SeedSilence(now, now));
        if (!silent.IsDue(now)) return;
        _silent[seed] = silent with { KnockedAt = now };
        BootstrapOf(seed).Tell(new Knock(_cluster.SelfUniqueAddress.Uid), Self);
    }

    /// <summary>Who knocks is there to be knocked at.</summary>
    private void AnswerKnock(Knock knock)
    {
        _silent.Remove(NodeAddress.Of(Sender.Path.Address));
        // Before it hears so: whatever is decided here from now on is told to it.
        _memory.Met.Meet(Sender.Path.Address, knock.Uid, _clock.NowMilliseconds);
        Sender.Tell(new Knocked(IsMember, _cluster.SelfUniqueAddress.Uid));
    }

    /// <summary>Whatever else is true, two clusters cannot both hold most of the seeds.</summary>
    private void Hold()
    {
        Timers.StartSingleTimer(Look.Instance, Look.Instance, s_look);
        if (Election.IsMajority(Held, Seeds.Count)) Timers.Cancel(LetGo.Instance);
        else if (!Timers.IsTimerActive(LetGo.Instance)) LetGoAfter(Election.HoldMilliseconds);
    }

    /// <summary>A timer of its own: names that resolve slowly must not keep this node beyond what its voters wait for.</summary>
    private void LetGoAfter(long milliseconds) =>
        Timers.StartSingleTimer(LetGo.Instance, LetGo.Instance, TimeSpan.FromMilliseconds(milliseconds));

    private void GiveUp()
    {
        var held = Held;
        if (Election.IsMajority(held, Seeds.Count)) return;
        Announce(string.Create(CultureInfo.InvariantCulture,
            $"gives its cluster up, which holds {held} of {Seeds.Count} seeds: another one may hold most of them"));
        Context.System.Terminate();
    }

    /// <summary>
    /// Akka will not speak to this ActorSystem from there again. Most seeds together know better than one that was frozen or cut off; who
    /// is on its way in has nobody else to speak for it.
    /// </summary>
    private void BeginAnew(ThisActorSystemQuarantinedEvent quarantined)
    {
        if (IsMember && Election.IsMajority(Held, Seeds.Count)) return;
        Announce($"begins anew, since {NodeAddress.Of(quarantined.RemoteAddress)} has taken it for dead");
        Context.System.Terminate();
    }

    private void Note(Knocked answer)
    {
        var seed = NodeAddress.Of(Sender.Path.Address);
        _memory.Met.Meet(Sender.Path.Address, answer.Uid, _clock.NowMilliseconds);
        _silent.Remove(seed);
        _heard.Add(seed);
        _answers[seed] = answer.InCluster;
        LookAround();
    }

    /// <summary>Nobody is waited for who cannot be reached; while names have not been looked up, somebody may well be.</summary>
    private void LookAround()
    {
        var now = _clock.NowMilliseconds;
        _memory.HasLookedAround |= Seeds.Count > 0 && Seeds.All(seed =>
            seed == _self || _heard.Contains(seed)
                || (_silent.TryGetValue(seed, out var silence) && now - silence.Since >= SilenceMilliseconds));
    }

    private void EndRound()
    {
        LookAround();
        if (!IsMember && !IsJoining && _clock.NowMilliseconds >= _campaignUntil) Take(Election.Next(_self, Seeds, _answers));
        Resolve();
    }

    private void Take(BootstrapStep step)
    {
        switch (step)
        {
            case BootstrapStep.Join join:
                Say($"joins through {string.Join(", ", join.Members)}");
                _joiningUntil = _clock.NowMilliseconds + JoinMilliseconds;
                _cluster.JoinSeedNodes(join.Members.Select(member => _cluster.SelfAddress.WithHost(member.Host).WithPort(member.Port)));
                break;
            case BootstrapStep.Stand stand:
                Stand(stand.Voters);
                break;
            case BootstrapStep.Wait wait:
                Say(wait.Why);
                break;
        }
    }

    private void Stand(IReadOnlyList<NodeAddress> voters)
    {
        var now = _clock.NowMilliseconds;
        (_election, var granted) = _election.Vote(_self, now);
        if (!granted) return;
        _ballot++;
        _votes.Clear();
        _votes.Add(_self);
        _campaignUntil = now + Election.CampaignMilliseconds;
        foreach (var voter in voters.Where(voter => voter != _self)) BootstrapOf(voter).Tell(new VoteRequest(_ballot), Self);
        FormIfElected();
    }

    private void AnswerCandidate(long ballot)
    {
        // Who is in a cluster, or about to be, lets nobody form another.
        if (IsMember || IsJoining)
        {
            Sender.Tell(new Vote(ballot, IsGranted: false));
            return;
        }

        (_election, var granted) = _election.Vote(NodeAddress.Of(Sender.Path.Address), _clock.NowMilliseconds);
        Sender.Tell(new Vote(ballot, granted));
    }

    private void Count(Vote vote)
    {
        if (!vote.IsGranted || vote.Ballot != _ballot || _clock.NowMilliseconds >= _campaignUntil || IsMember || IsJoining) return;
        _votes.Add(NodeAddress.Of(Sender.Path.Address));
        FormIfElected();
    }

    private void FormIfElected()
    {
        if (!Election.IsMajority(_votes.Count, Seeds.Count)) return;
        Say($"forms a new cluster with {_votes.Count} votes of {Seeds.Count} seeds");
        var now = _clock.NowMilliseconds;
        LetGoAfter(_campaignUntil - Election.CampaignMilliseconds + Election.HoldMilliseconds - now);
        _joiningUntil = now + JoinMilliseconds;
        _cluster.Join(_cluster.SelfAddress);
    }

    private void Say(string what)
    {
        if (what == _waitsFor) return;
        _memory.BootstrapState = _waitsFor = what;
        Announce(what);
    }

    private void Announce(string what) => _memory.Events.Announce(_memory.Node, what);

    private ActorSelection BootstrapOf(NodeAddress node) =>
        Context.ActorSelection(new RootActorPath(_cluster.SelfAddress.WithHost(node.Host).WithPort(node.Port)) / "user" / Name);

    private sealed class Look : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Look Instance = new();
    }

    private sealed class LetGo : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly LetGo Instance = new();
    }

    private sealed class Round : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Round Instance = new();
    }
}
