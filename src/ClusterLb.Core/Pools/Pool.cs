using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Pools;

/// <summary>
/// A group of equivalent backends with all their states. Readers take <see cref="Eligible"/> once and hold no lock; writers
/// take one lock, decide by pure rules, and publish a new value. A request that succeeds never meets the lock.
/// </summary>
public sealed class Pool
{
    /// <summary>How often to look after a trial that is under way.</summary>
    private const long TrialCheckMilliseconds = 1_000;

    /// <summary>How long the members of a new pool may wait for their first verdict before that counts against the pool.</summary>
    private const long StartMilliseconds = 10_000;

    private readonly Lock _writing = new();
    private readonly IPoolEvents _events;
    private readonly PoolMember[] _members;
    private readonly MemberFacts[] _facts;
    private readonly Backend[] _backends;
    private volatile Eligibility _eligible = Eligibility.None;
    private volatile Pool? _successor;
    private int[] _weights = [];
    private MinimumHealthy _minimum;
    private readonly long _startedAt;
    private bool _isNew;
    private long _nextWork = long.MaxValue;

    /// <summary>A pool of which nothing is known yet.</summary>
    /// <param name="config">Its backends become <see cref="Members"/>, in order.</param>
    /// <param name="slot">Small and dense, never used twice in a process: the index of an event loop's own state for this pool.</param>
    /// <param name="policy">The one that <c>balance</c> names.</param>
    /// <param name="events">Hears of transitions, on the thread that caused them and outside the lock.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public Pool(PoolConfig config, int slot, ILoadBalancingPolicy policy, IPoolEvents events, long nowMilliseconds)
        : this(config, slot, policy, events, nowMilliseconds, predecessor: null)
    {
    }

    /// <summary>
    /// A pool that replaces one of the same name. A backend whose configuration and position are the same stays the same object; what is known
    /// of one whose address is the same stays known. From now on the predecessor only hands its outcomes over.
    /// </summary>
    internal Pool(PoolConfig config, int slot, ILoadBalancingPolicy policy, IPoolEvents events, long nowMilliseconds, Pool? predecessor)
    {
        (Config, Slot, _events) = (config, slot, events);
        _startedAt = predecessor?._startedAt ?? nowMilliseconds;
        // Under the predecessor's lock, so that no outcome falls between what is inherited and what is handed over.
        lock (predecessor?._writing ?? _writing)
        {
            (_members, _isNew) = MemberRules.Build(config, predecessor?._members ?? [], predecessor?._isNew ?? true, nowMilliseconds);
            _facts = new MemberFacts[_members.Length];
            _backends = Array.ConvertAll(_members, member => member.Backend);
            if (predecessor is not null)
            {
                _minimum = predecessor._minimum;
                predecessor._successor = this;
            }
        }

        Pickers = policy.Build(config, _backends);
        lock (_writing) Settle(nowMilliseconds, reason: "not checked");
    }

    public string Name => Config.Name;

    public PoolConfig Config { get; }

    public int Slot { get; }

    public IReadOnlyList<Backend> Members => _backends;

    public IPickerSource Pickers { get; }

    /// <summary>Who may be picked now. Take it once per request.</summary>
    public Eligibility Eligible => _eligible;

    public bool FailOpen => _eligible.FailOpen;

    public Backend? Find(string name) => Array.Find(_backends, backend => backend.Name == name);

    public AdminState AdminOf(Backend backend) => MemberOf(backend).Admin;

    public ActiveHealth ActiveOf(Backend backend) => MemberOf(backend).Active;

    /// <summary>The evidence for <see cref="Backend.Effective"/>; <c>not checked yet</c> at first.</summary>
    public string ReasonOf(Backend backend) => MemberOf(backend).Reason;

    /// <summary>Monotonic milliseconds since when <see cref="Backend.Effective"/> is what it is.</summary>
    public long SinceOf(Backend backend) => MemberOf(backend).Since;

    /// <summary>All that is known of one member, for people: a coherent view. Any thread.</summary>
    public MemberSnapshot Read(Backend backend)
    {
        lock (_writing)
        {
            var member = MemberOf(backend);
            return new(backend, backend.Effective, member.Admin, member.Active, member.Reason, member.Since, _eligible.WeightOf(backend));
        }
    }

    /// <summary>Called by the control plane. Leaving maintenance forgets what real traffic did: somebody has just repaired it.</summary>
    public void SetAdmin(Backend backend, AdminState state, string reason, long nowMilliseconds)
    {
        PoolTransitions? transitions;
        lock (_writing)
        {
            var member = MemberOf(backend);
            if (_successor is not null || member.Admin == state) return;
            if (member.Admin == AdminState.Maintenance) member.Forgive(nowMilliseconds);
            member.Admin = state;
            transitions = Settle(nowMilliseconds, reason);
        }

        transitions?.Raise(_events);
    }

    /// <summary>Called by the control plane. Without checks (<c>health.type = none</c>) a backend is always up. GoingDown says that it was up.</summary>
    public void SetActive(Backend backend, ActiveHealth health, string reason, long nowMilliseconds)
    {
        PoolTransitions? transitions;
        lock (_writing)
        {
            var member = MemberOf(backend);
            if (_successor is not null || member.Active == health || Config.Health.Type == ProbeType.None) return;
            (member.Active, member.ActiveReason) = (health, reason);
            transitions = Settle(nowMilliseconds, reason);
        }

        transitions?.Raise(_events);
    }

    /// <summary>Called by the control plane when this node alone cannot reach a backend, and when it can again.</summary>
    public void SetLocalPath(Backend backend, bool reachable, string reason, long nowMilliseconds)
    {
        PoolTransitions? transitions;
        lock (_writing)
        {
            var member = MemberOf(backend);
            if (_successor is not null || member.LocalPath == reachable) return;
            (member.LocalPath, member.LocalReason) = (reachable, reason);
            transitions = Settle(nowMilliseconds, reason);
        }

        transitions?.Raise(_events);
    }

    /// <summary>
    /// Called on event loops at the end of every request, before its lease is returned; may be called earlier too, as soon as a long one is known to be
    /// well. Success off trial costs two plain reads.
    /// </summary>
    public void Observe(Backend backend, in Outcome outcome, long nowMilliseconds)
    {
        var onTrial = MemberOf(backend).OnTrial;
        if (outcome.IsSuccess && !onTrial) return;
        var evidence = PassiveEvidenceRule.Of(outcome);
        if (evidence == PassiveEvidence.None && !onTrial) return;
        Weigh(backend, evidence, outcome, nowMilliseconds);
    }

    /// <summary>Takes an in-flight unit. False when the backend is full, or on trial with a request already. Called on event loops; lock-free.</summary>
    public bool TryLease(Backend backend, out Lease lease)
    {
        var member = MemberOf(backend);
        if (!member.OnTrial || FailOpen) return backend.TryLease(out lease);
        lease = default;
        if (!member.TryTakeTrial()) return false;
        if (backend.TryLease(out lease)) return true;
        member.FreeTrial();
        return false;
    }

    /// <summary>Called about every 100 ms: lets time pass. One read and a comparison when nothing is pending.</summary>
    public void Tick(long nowMilliseconds)
    {
        if (nowMilliseconds < Volatile.Read(ref _nextWork)) return;
        PoolTransitions? transitions;
        lock (_writing)
        {
            if (_successor is not null) return;
            foreach (var member in _members) member.LetTimePass(Config, nowMilliseconds);
            transitions = Settle(nowMilliseconds, reason: null);
        }

        transitions?.Raise(_events);
    }

    private PoolMember MemberOf(Backend backend) => _members[backend.Index];

    private void Weigh(Backend backend, PassiveEvidence evidence, in Outcome outcome, long nowMilliseconds)
    {
        PoolTransitions? transitions = null;
        Pool? successor;
        lock (_writing)
        {
            successor = _successor;
            if (successor is null) transitions = WeighLocked(MemberOf(backend), evidence, outcome, nowMilliseconds);
        }

        transitions?.Raise(_events);
        if (successor?.Find(backend.Name) == backend) successor.Observe(backend, outcome, nowMilliseconds);
    }

    private PoolTransitions? WeighLocked(PoolMember member, PassiveEvidence evidence, in Outcome outcome, long nowMilliseconds)
    {
        var after = Judge(member, evidence, nowMilliseconds);
        member.FreeTrial();
        if (after == member.Passive) return null;
        member.Passive = after;
        if (after.Phase == PassivePhase.Clear) member.Failures?.Clear();
        member.PassiveReason = after.Phase == PassivePhase.Clear ? "trial succeeded" : OutcomeText.Of(outcome);
        return Settle(nowMilliseconds, member.PassiveReason);
    }

    private PassiveState Judge(PoolMember member, PassiveEvidence evidence, long nowMilliseconds)
    {
        var passive = member.Passive;
        // A request from before the ejection says nothing new: only the one on trial counts, and when failing open all are.
        if (passive.Phase == PassivePhase.Trial) return member.TrialTaken || FailOpen ? passive.Try(evidence, Config.Passive, nowMilliseconds) : passive;
        if (passive.Phase == PassivePhase.Ejected || member.Failures is not { } failures) return passive;
        var enough = evidence == PassiveEvidence.Refused | (evidence == PassiveEvidence.Failure && failures.Add(nowMilliseconds));
        return enough && MemberRules.AllowEjection(_members, Config.Passive) ? passive.Eject(Config.Passive, nowMilliseconds) : passive;
    }

    /// <summary>Draws every conclusion from the members as they are now. Under the lock; what it answers is told after it.</summary>
    /// <param name="nowMilliseconds">Monotonic.</param>
    /// <param name="reason">What happened; null = time went by.</param>
    private PoolTransitions? Settle(long nowMilliseconds, string? reason)
    {
        PoolTransitions? transitions = null;
        _isNew = _isNew && MemberRules.StayNew(_members);
        for (var i = 0; i < _members.Length; i++)
        {
            var member = _members[i];
            Move(member, reason, nowMilliseconds, ref transitions);
            _facts[i] = new(member.Backend.Effective, member.Backend.Weight, nowMilliseconds - member.RampSince);
        }

        var tally = MemberRules.Count(_members, _isNew);
        Publish(tally, nowMilliseconds, ref transitions);
        Volatile.Write(ref _nextWork, NextWork(tally, nowMilliseconds));
        return transitions;
    }

    private void Move(PoolMember member, string? reason, long nowMilliseconds, ref PoolTransitions? transitions)
    {
        var (from, to) = (member.Backend.Effective, member.Judge());
        if (member.RampSince is { } since && nowMilliseconds - since >= Config.SlowStart.TotalMilliseconds) member.RampSince = null;
        if (from == to) return;
        member.Enter(to, reason, nowMilliseconds);
        var firstPass = from == EffectiveState.Unknown && member.Founder;
        if (to == EffectiveState.Up) member.RampSince = firstPass ? null : nowMilliseconds;
        (transitions ??= new(Name)).Add(member.Backend, from, to, member.Reason);
    }

    private void Publish(PoolTally tally, long nowMilliseconds, ref PoolTransitions? transitions)
    {
        var open = EligibilityRule.FailingOpen(_facts);
        var presumed = tally.Presumed(starting: nowMilliseconds < _startedAt + StartMilliseconds);
        var below = MinimumHealthy.IsBelow(Config.MinimumHealthy, presumed, tally.Configured) && open.AsSpan().ContainsAnyExcept(0);
        var before = _minimum.FailOpen;
        _minimum = _minimum.Next(below, nowMilliseconds);
        if (before != _minimum.FailOpen) (transitions ??= new(Name)).FailOpen(_minimum.FailOpen, tally.Healthy, tally.Configured);
        var weights = _minimum.FailOpen ? open : EligibilityRule.Believing(_facts, _isNew, Config.SlowStart);
        if (before == _minimum.FailOpen && weights.AsSpan().SequenceEqual(_weights)) return;
        _weights = weights;
        _eligible = new Eligibility(_backends, weights, _minimum.FailOpen);
    }

    private long NextWork(PoolTally tally, long nowMilliseconds)
    {
        var next = _minimum.EndsAt ?? long.MaxValue;
        var started = _startedAt + StartMilliseconds;
        if (tally.Unjudged > 0 && nowMilliseconds < started) next = Math.Min(next, started);
        foreach (var member in _members)
        {
            if (member.RampSince is not null) return nowMilliseconds;
            if (member.OnTrial) next = Math.Min(next, nowMilliseconds + TrialCheckMilliseconds);
            if (member.Passive.Phase == PassivePhase.Ejected) next = Math.Min(next, member.Passive.EndsAt(Config.Passive));
        }

        return next;
    }
}
