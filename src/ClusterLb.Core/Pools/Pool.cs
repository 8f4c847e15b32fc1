using System.Collections.Frozen;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Core.Pools;

/// <summary>
/// A group of equivalent backends with all their states. Readers take <see cref="Eligible"/> once and hold no lock; writers
/// take one lock, decide by pure rules, and publish a new value. A request that succeeds never meets the lock.
/// </summary>
public sealed class Pool
{
    private const int MaxWeight = 256;

    private readonly Lock _writing = new();

    // Of the control plane alone: tables are built under it, which takes longer than whoever serves requests may wait.
    private readonly Lock _weighing = new();
    private readonly IPoolEvents _events;
    private readonly PoolMember[] _members;
    private readonly MemberFacts[] _facts;
    private readonly Backend[] _backends;
    private readonly FrozenDictionary<string, Backend> _byName;
    private readonly FrozenDictionary<ulong, Backend> _byKey;
    private volatile Eligibility _eligible = Eligibility.None;
    private volatile Homes _homes = Homes.None;
    private volatile Eligibility _standing = Eligibility.None;
    private volatile Pool? _successor;
    private int[] _weights = [];
    private MinimumHealthy _minimum;
    private PoolStart _start;
    private long _nextWork = long.MaxValue;

    /// <summary>
    /// A pool of which nothing is known yet, or one that replaces another of the same name: a backend whose configuration and position are
    /// the same stays the same object; what is known of one whose address is the same stays known.
    /// </summary>
    /// <param name="slot">Small, no other pool's of this table or the one before: where an event loop looks for its own state.</param>
    /// <param name="policy">The one that <c>balance</c> names.</param>
    /// <param name="events">Hears of transitions, on the thread that caused them and outside the lock.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    /// <param name="predecessor">From now on it only hands over what it is told; null = it replaces none.</param>
    public Pool(
        PoolConfig config, int slot, ILoadBalancingPolicy policy, IPoolEvents events, long nowMilliseconds, Pool? predecessor = null)
    {
        (Config, Slot, Policy, _events) = (config, slot, policy, events);
        // Whoever weighs a backend of this pool already, as the predecessor hands it over, waits for the tables.
        lock (_weighing)
        {
            // Under the predecessor's lock, so that nothing falls between what is inherited and what is handed over.
            lock (predecessor?._writing ?? _writing)
            {
                var start = predecessor?._start ?? PoolStart.At(nowMilliseconds);
                (_members, _start) = MemberRules.Build(config, predecessor?._members ?? [], start, nowMilliseconds);
                _facts = new MemberFacts[_members.Length];
                _backends = Array.ConvertAll(_members, member => member.Backend);
                _byName = _backends.ToFrozenDictionary(backend => backend.Name);
                _byKey = _backends.ToFrozenDictionary(backend => backend.Key);
                if (predecessor is not null) (_minimum, _homes) = (predecessor._minimum, predecessor._homes.In(_backends));
                Settle(nowMilliseconds, _ => new Cause("not checked", IsDated: false));
                if (predecessor is not null) predecessor._successor = this;
            }

            Pickers = policy.Build(config, _backends);
            WeighPickers();
        }
    }

    public string Name => Config.Name;

    public PoolConfig Config { get; }

    public int Slot { get; }

    public IReadOnlyList<Backend> Members => _backends;

    public ILoadBalancingPolicy Policy { get; }

    public IPickerSource Pickers { get; }

    /// <summary>Who may be picked now. Take it once per request.</summary>
    public Eligibility Eligible => _eligible;

    /// <summary>Whom the cluster holds for well, whatever this node saw, with their weights: for sessions that must leave.</summary>
    public Eligibility Standing => _standing;

    /// <summary>Health is overruled now, because too few are healthy.</summary>
    public bool FailOpen => _eligible.FailOpen;

    /// <summary>It fails open, or did in the last 10 s: for people, who do not want to hear of every flap.</summary>
    public bool IsPanic => _minimum.IsPanic;

    /// <summary>Every backend's checks have answered once, or have had <c>start-spread</c> for it since the first of them did.</summary>
    public bool IsAnswered => _start.IsAnswered;

    /// <summary>Another pool takes its place: who needs another lease asks that one, once the table has it. Any thread.</summary>
    public bool IsReplaced => _successor is not null;

    /// <summary>Where sessions belong of which nobody was told anything; of a pool with sticky sessions.</summary>
    public Homes Homes => _homes;

    public Backend? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>By <see cref="Backend.Key"/>.</summary>
    public Backend? Find(ulong key) => _byKey.GetValueOrDefault(key);

    public AdminState AdminOf(Backend backend) => MemberOf(backend).Admin;

    /// <summary>The evidence for <see cref="Backend.Effective"/>; <c>not checked yet</c> at first.</summary>
    public string ReasonOf(Backend backend) => MemberOf(backend).Reason;

    /// <summary>All that is known of one member, for people: a coherent view. Any thread.</summary>
    public MemberSnapshot Read(Backend backend)
    {
        lock (_writing)
        {
            var member = MemberOf(backend);
            var weight = _eligible.WeightOf(backend);
            return new(backend, backend.Effective, member.Admin, member.Active, member.Reason, member.Since, weight, member.OperatorWeight,
                member.WeightReason);
        }
    }

    /// <summary>Called by the control plane. Leaving maintenance forgets what real traffic did: somebody has just repaired it.</summary>
    /// <param name="state">What the operator wants.</param>
    /// <param name="reason">In a few words.</param>
    /// <param name="sinceMilliseconds">When the operator said so, monotonic; null = now. Of Ready: see <see cref="ActiveVerdict"/>.</param>
    public void SetAdmin(Backend backend, AdminState state, string reason, long nowMilliseconds, long? sinceMilliseconds = null) =>
        Change(
            backend, reason, nowMilliseconds, state == AdminState.Ready ? sinceMilliseconds : null,
            member => member.Put(state, nowMilliseconds),
            (heir, same) => heir.SetAdmin(same, state, reason, nowMilliseconds, sinceMilliseconds), sinceMilliseconds);

    /// <summary>Of one backend, as <see cref="ActiveVerdict"/> has it.</summary>
    public void SetActive(Backend backend, ActiveHealth health, string reason, long nowMilliseconds, long? sinceMilliseconds = null) =>
        SetActive([new ActiveVerdict(backend, health, reason, sinceMilliseconds)], nowMilliseconds);

    /// <summary>Called by the control plane, with as many as are known together, for it looks at all members. Without an address a
    /// backend is down whatever this says, without checks (<c>health.type = none</c>) it is up. GoingDown: it was up.</summary>
    public void SetActive(IEnumerable<ActiveVerdict> verdicts, long nowMilliseconds)
    {
        if (Config.Health.Probe is null) return;
        var heir = Write(() => MemberRules.Pronounce(_members, verdicts, Config.SlowStart, nowMilliseconds) is { Count: > 0 } causes
            ? Settle(nowMilliseconds, member => causes.GetValueOrDefault(member))
            : null);
        heir?.SetActive(verdicts.Where(verdict => heir.Same(verdict.Backend) is not null)
            .Select(verdict => verdict with { Backend = heir.Same(verdict.Backend)! }), nowMilliseconds);
    }

    /// <summary>Called by the control plane when this node alone cannot reach a backend, and when it can again.</summary>
    public void SetLocalPath(Backend backend, bool reachable, string reason, long nowMilliseconds) =>
        Change(backend, reason, nowMilliseconds, sinceMilliseconds: null, member => member.Reach(reachable, reason),
            (heir, same) => heir.SetLocalPath(same, reachable, reason, nowMilliseconds));

    /// <summary>
    /// Called by the control plane: an operator's weight, in place of the configured one until it is withdrawn. It counts at once, under
    /// every policy; one that hashes builds another table before this returns, if it needs one (<see cref="IPickerSource.Weigh"/>).
    /// </summary>
    /// <param name="weight">0 to 256; 0 takes no new work; null = the configured one again.</param>
    /// <param name="reason">In a few words.</param>
    /// <param name="sinceMilliseconds">When the operator said so, by this node's clock; null = now.</param>
    public void SetWeight(Backend backend, int? weight, string reason, long nowMilliseconds, long? sinceMilliseconds = null)
    {
        if (weight is < 0 or > MaxWeight) throw new ArgumentOutOfRangeException(nameof(weight), weight, "0 to 256");
        lock (_weighing)
        {
            Change(backend, reason, nowMilliseconds, sinceMilliseconds: null, member => member.Weigh(weight, reason),
                (heir, same) => heir.SetWeight(same, weight, reason, nowMilliseconds, sinceMilliseconds), sinceMilliseconds);
            WeighPickers();
        }
    }

    /// <summary>
    /// Called on event loops at the end of every request, before its lease is returned, and as soon as a long one is known to be well.
    /// <paramref name="client"/> asked for the work. Success costs two plain reads, unless the backend is on trial or under suspicion.
    /// </summary>
    public void Observe(Backend backend, in Outcome outcome, ulong client, long nowMilliseconds)
    {
        var member = MemberOf(backend);
        if (outcome.IsSuccess && !member.IsWatched) return;
        var evidence = PassiveEvidenceRule.Of(outcome);
        if (evidence == PassiveEvidence.None && !member.OnTrial) return;
        Weigh(backend, evidence, outcome, client, nowMilliseconds);
    }

    /// <summary>Takes an in-flight unit. False when the backend is full, or on trial with a request. On event loops; lock-free.</summary>
    public bool TryLease(Backend backend, out Lease lease) => MemberOf(backend).TryLease(FailOpen, out lease);

    /// <summary>As <see cref="TryLease"/>, for work that belongs there: on trial it is one more, and how it ends counts.</summary>
    public bool TryLeaseBound(Backend backend, out Lease lease) => MemberOf(backend).TryLeaseBound(out lease);

    /// <summary>Called about every 100 ms: lets time pass. One read and a comparison when nothing is pending.</summary>
    public void Tick(long nowMilliseconds)
    {
        if (nowMilliseconds >= Volatile.Read(ref _nextWork)) LetTimePass(nowMilliseconds);
    }

    private PoolMember MemberOf(Backend backend) => _members[backend.Index];

    private void WeighPickers() => Pickers.Weigh(Array.ConvertAll(_members, member => member.Weight));

    /// <summary>By name, if it is the same server.</summary>
    private Backend? Same(Backend backend) => Find(backend.Name) is { } found && found.IsSameServerAs(backend) ? found : null;

    /// <summary>Under the lock, unless another pool has taken the place of this one.</summary>
    /// <returns>That other pool, which is to be told instead.</returns>
    private Pool? Write(Func<PoolTransitions?> write)
    {
        PoolTransitions? transitions = null;
        Pool? heir;
        lock (_writing)
        {
            heir = _successor;
            if (heir is null) transitions = write();
        }

        transitions?.Raise(_events);
        return heir;
    }

    private void LetTimePass(long nowMilliseconds) => Write(() =>
    {
        foreach (var member in _members) member.LetTimePass(Config, nowMilliseconds);
        return Settle(nowMilliseconds, _ => default);
    });

    /// <param name="handOver">Says the same to the pool in the place of this one, of the same server.</param>
    private void Change(Backend backend, string reason, long nowMilliseconds, long? sinceMilliseconds, Func<PoolMember, bool> apply,
        Action<Pool, Backend> handOver, long? madeAt = null)
    {
        var (member, isDated) = (MemberOf(backend), sinceMilliseconds is not null);
        var heir = Write(() => apply(member) | member.ComeBack(sinceMilliseconds, Config.SlowStart, nowMilliseconds)
            ? Settle(nowMilliseconds, other => new Cause(reason, isDated && other == member), madeAt)
            : null);
        if (heir?.Same(backend) is { } same) handOver(heir, same);
    }

    private void Weigh(Backend backend, PassiveEvidence evidence, Outcome outcome, ulong client, long nowMilliseconds)
    {
        var member = MemberOf(backend);
        var heir = Write(() =>
            MemberRules.Weigh(_members, member, evidence, outcome, client, Config.Passive, FailOpen, nowMilliseconds) is { } reason
                ? Settle(nowMilliseconds, _ => new Cause(reason, IsDated: false))
                : null);
        if (heir?.Find(backend.Name) == backend) heir.Observe(backend, outcome, client, nowMilliseconds);
    }

    /// <summary>Draws every conclusion from the members as they are now. Under the lock; what it answers is told after it.</summary>
    /// <param name="causeOf">Why a member that is another one now is that.</param>
    /// <param name="madeAt">Monotonic milliseconds at which what happened did; null = now.</param>
    private PoolTransitions? Settle(long nowMilliseconds, Func<PoolMember, Cause> causeOf, long? madeAt = null)
    {
        PoolTransitions? transitions = null;
        _start = _start.Next(_members, Config.Health.StartSpread, nowMilliseconds);
        for (var i = 0; i < _members.Length; i++)
        {
            var member = _members[i];
            var from = member.Backend.Effective;
            if (MemberRules.Move(member, causeOf, Config.SlowStart, nowMilliseconds))
                (transitions ??= new(Name)).Add(member.Backend, from, member.Backend.Effective, member.Reason);
            _facts[i] = MemberRules.FactsOf(member, _start, nowMilliseconds);
        }

        if (Config.Sticky.By != StickyBy.None)
            _homes = _homes.Follow(_backends, MemberRules.TakeSessions(_members), madeAt ?? nowMilliseconds, nowMilliseconds);
        var tally = MemberRules.Count(_members, _start);
        Publish(tally, nowMilliseconds, ref transitions);
        Volatile.Write(ref _nextWork, NextWork(tally, nowMilliseconds));
        return transitions;
    }

    private void Publish(PoolTally tally, long nowMilliseconds, ref PoolTransitions? transitions)
    {
        var open = EligibilityRule.FailingOpen(_facts);
        var presumed = tally.Presumed(_start.Presumes(nowMilliseconds));
        var below = MinimumHealthy.IsBelow(Config.MinimumHealthy, presumed, tally.Configured) && open.AsSpan().ContainsAnyExcept(0);
        var before = _minimum.IsPanic;
        _minimum = _minimum.Next(below, nowMilliseconds);
        if (before != _minimum.IsPanic) (transitions ??= new(Name)).FailOpen(_minimum.IsPanic, tally.Healthy, tally.Configured);
        var (failOpen, isStarting) = (_minimum.FailOpen, _start.Waits(Config.Health.StartSpread, nowMilliseconds));
        var weights = failOpen ? open : EligibilityRule.Believing(_facts, Config.SlowStart);
        var standing = MemberRules.Standing(_members, otherwise: open);
        if (!_standing.Has(standing)) _standing = new Eligibility(_backends, standing, failOpen: false);
        if ((failOpen, isStarting) == (_eligible.FailOpen, _eligible.IsStarting) && weights.AsSpan().SequenceEqual(_weights)) return;
        (_weights, _eligible) = (weights, new Eligibility(_backends, weights, failOpen) { IsStarting = isStarting });
    }

    private long NextWork(PoolTally tally, long nowMilliseconds)
    {
        var start = _start.NextWork(Config.Health.StartSpread, tally.Unjudged, nowMilliseconds);
        var members = MemberRules.NextWork(_members, Config.Passive, nowMilliseconds);
        return Math.Min(Math.Min(_minimum.EndsAt ?? long.MaxValue, _homes.ChangesAt), Math.Min(start, members));
    }
}
