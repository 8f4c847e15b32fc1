using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Pools;

/// <summary>
/// A live group of backends: collects what every source says of them and publishes who may be picked as one immutable
/// <see cref="Eligibility"/>. Sources write under one gate, which a request that succeeds never takes; readers read one reference.
/// </summary>
public sealed class Pool
{
    private readonly object _gate = new();
    private readonly IPoolEvents _events;
    private readonly Member[] _members;
    private readonly Backend[] _backends;
    private readonly long _slowStartWindow;
    private volatile Eligibility _eligible = Eligibility.None;
    private MinimumHealthy _minimumHealthy;
    private bool _judged;
    private long _nextWork = long.MaxValue;

    /// <param name="config">As the operator wrote it.</param>
    /// <param name="slot">Small and unique among the process's pools, past ones included: event loops keep their own part of a pool by it.</param>
    /// <param name="policy">The one that <c>config.Balance</c> names.</param>
    /// <param name="events">Hears of transitions.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public Pool(PoolConfig config, int slot, ILoadBalancingPolicy policy, IPoolEvents events, long nowMilliseconds)
    {
        Config = config;
        Slot = slot;
        _events = events;
        _slowStartWindow = (long)config.SlowStart.TotalMilliseconds;
        _backends = [.. config.Backends.Select((b, i) => new Backend(config.Name, b.Name, b.EndPoint, i, b.Weight, b.MaxInFlight))];
        _members = [.. _backends.Select(backend => new Member(backend, config.Passive) { Since = nowMilliseconds })];
        if (config.Health.Type == ProbeType.None)
        {
            _judged = true;
            foreach (var member in _members) (member.Active, member.Reason) = (ActiveHealth.Up, "not checked");
        }

        Pickers = policy.Build(config, _backends);
        Change(nowMilliseconds, static _ => Evidence.OfTime);
    }

    public string Name => Config.Name;

    public PoolConfig Config { get; }

    public int Slot { get; }

    public IReadOnlyList<Backend> Members => _backends;

    public IPickerSource Pickers { get; }

    /// <summary>Who may be picked now.</summary>
    public Eligibility Eligible => _eligible;

    /// <summary>Too few are healthy, so health is overruled.</summary>
    public bool FailOpen => _eligible.FailOpen;

    public Backend? Find(string name) => Array.Find(_backends, backend => backend.Name == name);

    /// <summary>All that is known of one member, for people. Any thread.</summary>
    public MemberSnapshot Read(Backend backend)
    {
        lock (_gate)
        {
            var member = _members[backend.Index];
            return new MemberSnapshot(backend, backend.Effective, member.Admin, member.Active, member.Reason, member.Since, _eligible.WeightOf(backend));
        }
    }

    /// <summary>An operator's word. Control plane.</summary>
    public void SetAdmin(Backend backend, AdminState state, string reason, long now) => Change(now, members =>
    {
        var member = members[backend.Index];
        if (member.Admin == state) return null;
        var returns = state == AdminState.Ready;
        member.Admin = state;
        if (returns) member.RampStart = now;
        return new Evidence(backend, reason);
    });

    /// <summary>The verdict of active checks. Control plane.</summary>
    public void SetActive(Backend backend, ActiveHealth health, string reason, long now) => Change(now, members =>
    {
        var member = members[backend.Index];
        if (member.Active == health) return null;
        // A pool whose first backends come up is not recovering: nobody needs to be spared.
        if (health == ActiveHealth.Up && member.Active is ActiveHealth.Down or ActiveHealth.GoingUp) member.RampStart = now;
        member.Active = health;
        _judged |= health == ActiveHealth.Up;
        return new Evidence(backend, reason);
    });

    /// <summary>Whether this node can reach what others reach. Control plane.</summary>
    public void SetLocalPath(Backend backend, bool isReachable, string reason, long now) => Change(now, members =>
    {
        var member = members[backend.Index];
        if (member.LocalPathBroken == !isReachable) return null;
        member.LocalPathBroken = !isReachable;
        if (isReachable) member.RampStart = now;
        return new Evidence(backend, reason);
    });

    /// <summary>Takes one in-flight unit. Event loops; lock-free. A unit of a backend on trial must be followed by <see cref="Observe"/>.</summary>
    public bool TryLease(Backend backend, out Lease lease)
    {
        if (backend.Effective != EffectiveState.Trial || FailOpen) return backend.TryLease(out lease);
        var member = _members[backend.Index];
        lease = default;
        if (!member.TryBeginTrial()) return false;
        if (backend.TryLease(out lease)) return true;
        member.EndTrial();
        return false;
    }

    /// <summary>Learns from real work. Event loops; when the work succeeded on a backend that is well it costs two reads.</summary>
    public void Observe(Backend backend, in Outcome outcome, long now)
    {
        var onTrial = backend.Effective == EffectiveState.Trial;
        if (outcome.IsSuccess)
        {
            if (onTrial) EndTrial(backend, now);
        }
        else if (PassiveState.Counts(outcome))
        {
            Fail(backend, outcome, now);
        }
        else if (onTrial)
        {
            _members[backend.Index].EndTrial();
        }
    }

    /// <summary>Does what time alone brings about: ends ejections, grows slow starts, ends failing open. Any thread, often; costs one read when nothing is due.</summary>
    public void Tick(long now)
    {
        if (now >= Volatile.Read(ref _nextWork)) Change(now, static _ => Evidence.OfTime);
    }

    private void EndTrial(Backend backend, long now) => Change(now, members =>
    {
        var member = members[backend.Index];
        if (member.Passive.Phase != PassivePhase.Trial) return null;
        member.Passive.TrialSucceeded();
        member.EndTrial();
        member.RampStart = now;
        return new Evidence(backend, "trial request succeeded");
    });

    private void Fail(Backend backend, Outcome outcome, long now) => Change(now, members =>
    {
        var member = members[backend.Index];
        var shouldEject = member.Passive.Fail(outcome, now);
        member.EndTrial();
        if (!shouldEject || !MayEject(member)) return null;
        member.Passive.Eject(now);
        return new Evidence(backend, $"{outcome.Stage} {outcome.Kind} in real traffic");
    });

    /// <summary>A single backend is never ejected, and never more of a pool than its limit: an outage of all looks like an outage of each.</summary>
    private bool MayEject(Member candidate)
    {
        if (_members.Length == 1) return false;
        var ejected = _members.Count(member => member == candidate || member.Passive.Phase != PassivePhase.Normal);
        return ejected * 100 <= Config.Passive.MaxEjectedPercent * _members.Length;
    }

    /// <summary>Applies one change, recomputes what follows from it, and tells of transitions once the gate is free.</summary>
    private void Change(long now, Func<Member[], Evidence?> change)
    {
        List<(Backend Backend, EffectiveState From, EffectiveState To, string Reason)>? transitions = null;
        bool failedOpen, failsOpen;
        int healthy, configured;
        lock (_gate)
        {
            if (change(_members) is not { } evidence) return;
            if (evidence.Backend is { } changed) _members[changed.Index].Reason = evidence.Reason;
            foreach (var member in _members)
            {
                if (member.Passive.EndEjection(now)) member.Reason = "ejection over";
                var from = member.Backend.Effective;
                var to = Effective.Of(member.Admin, member.Active, member.Passive.Phase, member.LocalPathBroken);
                if (from == to) continue;
                member.Backend.Effective = to;
                member.Since = now;
                (transitions ??= []).Add((member.Backend, from, to, member.Reason));
            }

            configured = _members.Count(IsConfigured);
            healthy = _members.Count(IsHealthy);
            failedOpen = _minimumHealthy.IsFailingOpen;
            _minimumHealthy = _minimumHealthy.Next(Config.MinimumHealthy, healthy, configured, now);
            failsOpen = _minimumHealthy.IsFailingOpen;
            Publish(now);
        }

        foreach (var (backend, from, to, reason) in transitions ?? []) _events.EffectiveStateChanged(backend, from, to, reason);
        if (failedOpen != failsOpen) _events.FailOpenChanged(Name, failsOpen, healthy, configured);
    }

    private static bool IsConfigured(Member member) => member.Admin == AdminState.Ready;

    /// <summary>Before the first pass of any backend nobody is known to be ill either: a node serves from its first millisecond.</summary>
    private bool IsHealthy(Member member) =>
        member.Backend.Effective is EffectiveState.Up or EffectiveState.Trial || (member.Backend.Effective == EffectiveState.Unknown && !_judged);

    private void Publish(long now)
    {
        var failOpen = _minimumHealthy.IsFailingOpen;
        var onlyDrainingLeft = failOpen && !_members.Any(IsConfigured);
        var weights = new int[_members.Length];
        var nextWork = failOpen ? now + 1_000 : long.MaxValue;
        foreach (var member in _members)
        {
            if (member.Passive.Phase == PassivePhase.Ejected) nextWork = Math.Min(nextWork, member.Passive.EjectedUntil);
            var takesWork = failOpen ? IsConfigured(member) || (onlyDrainingLeft && member.Admin == AdminState.Draining) : IsHealthy(member);
            if (!takesWork) continue;
            weights[member.Backend.Index] = SlowStart.Weight(member.Backend.Weight, member.RampStart, _slowStartWindow, now);
            if (!SlowStart.IsOver(member.RampStart, _slowStartWindow, now)) nextWork = Math.Min(nextWork, now + 100);
        }

        _eligible = new Eligibility(_backends, weights, failOpen);
        Volatile.Write(ref _nextWork, nextWork);
    }

    private sealed record Evidence(Backend? Backend, string Reason)
    {
        /// <summary>Nothing happened but that time went by.</summary>
        public static Evidence OfTime { get; } = new(null, "");
    }
}

/// <summary>One member as people see it.</summary>
/// <param name="Backend">Which.</param>
/// <param name="Effective">All put together.</param>
/// <param name="Admin">What the operator wants.</param>
/// <param name="Active">What checks say.</param>
/// <param name="Reason">The evidence for the last change.</param>
/// <param name="SinceMilliseconds">When it last changed, monotonic.</param>
/// <param name="Weight">Its weight now x 100; 0 = takes no work.</param>
public sealed record MemberSnapshot(
    Backend Backend, EffectiveState Effective, AdminState Admin, ActiveHealth Active, string Reason, long SinceMilliseconds, int Weight);
