using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.Core.Pools;

/// <summary>
/// Everything a pool knows about one backend. Written under the pool's lock only; what other threads read is volatile.
/// </summary>
internal sealed class PoolMember(Backend backend, BackendConfig config, PassiveConfig passive, long nowMilliseconds)
{
    private volatile int _admin;
    private volatile int _active;
    private volatile bool _onTrial;
    private volatile bool _isWatched;
    private volatile string _reason = "not checked yet";
    private long _since = nowMilliseconds;
    private int _trials;

    // Monotonic milliseconds of the first look at the trial under way; 0 = not seen yet.
    private long _trialSeenAt;
    private PassiveState _passive;

    // The first client whose request failed on trial; null = none did.
    private ulong? _doubter;

    public Backend Backend { get; } = backend;

    public BackendConfig Config { get; } = config;

    public FailureWindow? Failures { get; private set; } = passive.Failures > 0 ? new FailureWindow(passive) : null;

    private PassiveConfig Rules { get; } = passive;

    public AdminState Admin
    {
        get => (AdminState)_admin;
        set => _admin = (int)value;
    }

    public ActiveHealth Active
    {
        get => (ActiveHealth)_active;
        set => _active = (int)value;
    }

    public PassiveState Passive
    {
        get => _passive;
        set
        {
            if (_passive.Phase != value.Phase) _doubter = null;
            _passive = value;
            _onTrial = value.Phase == PassivePhase.Trial;
            Watch();
        }
    }

    /// <summary>A copy of <see cref="Passive"/>'s phase for the path of a request: true = one request at a time.</summary>
    public bool OnTrial => _onTrial;

    /// <summary>A success would change something. On the path of every request, like <see cref="OnTrial"/>.</summary>
    public bool IsWatched => _isWatched;

    public bool LocalPath { get; set; } = true;

    /// <summary>A check of it has answered, well or not.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>An operator's, 0 to 256, in place of the configured one; null = none.</summary>
    public int? OperatorWeight { get; private set; }

    /// <summary>The weight that counts, 0 to 256.</summary>
    public int Weight => OperatorWeight ?? Backend.Weight;

    /// <summary>Here since the whole pool was new, so that its first pass is no comeback.</summary>
    public bool Founder { get; set; }

    /// <summary>Monotonic milliseconds at which it last came back; null = never, or its slow start is over.</summary>
    public long? RampSince { get; set; }

    /// <summary>
    /// Why the checks, real traffic and the local path last changed; the reason when the state behind another comes to light.
    /// </summary>
    public string ActiveReason { get; set; } = "";

    public string PassiveReason { get; set; } = "";

    public string LocalReason { get; set; } = "";

    public string WeightReason { get; private set; } = "";

    public string Reason => _reason;

    public long Since => Volatile.Read(ref _since);

    /// <summary>True while a request is being tried.</summary>
    public bool TrialTaken => Volatile.Read(ref _trials) != 0;

    /// <summary>As of <see cref="Pool.TryLease"/>.</summary>
    public bool TryLease(bool failOpen, out Lease lease)
    {
        if (!OnTrial || failOpen) return Backend.TryLease(out lease);
        lease = default;
        if (!TryTakeTrial()) return false;
        if (Backend.TryLease(out lease)) return true;
        FreeTrial();
        return false;
    }

    /// <summary>As of <see cref="Pool.TryLeaseBound"/>.</summary>
    public bool TryLeaseBound(out Lease lease)
    {
        if (!Backend.TryLease(out lease)) return false;
        if (OnTrial) TryTakeTrial();
        return true;
    }

    public bool TryTakeTrial() => Interlocked.CompareExchange(ref _trials, 1, 0) == 0;

    public void FreeTrial()
    {
        Volatile.Write(ref _trialSeenAt, 0);
        Volatile.Write(ref _trials, 0);
    }

    /// <summary>Ends an ejection whose time is over, and looks after a trial from which no outcome comes.</summary>
    public void LetTimePass(PoolConfig config, long nowMilliseconds)
    {
        var before = Passive.Phase;
        Passive = Passive.Advance(config.Passive, nowMilliseconds);
        if (before != Passive.Phase) PassiveReason = "ejection over";
        if (!OnTrial || !TrialTaken) return;
        if (Backend.Load.InFlight == 0)
        {
            // Its request vanished without an outcome.
            FreeTrial();
            return;
        }

        if (_trialSeenAt == 0) Volatile.Write(ref _trialSeenAt, nowMilliseconds);
        // By then a backend that does not answer would have timed out: this one is busy with a tunnel or a long response.
        if (nowMilliseconds - _trialSeenAt <= (config.Timeouts.Connect + config.Timeouts.Response).TotalMilliseconds) return;
        Passive = Passive.Try(PassiveEvidence.Success, config.Passive, nowMilliseconds);
        PassiveReason = "trial outlived its timeouts";
        Acquit();
        FreeTrial();
    }

    public EffectiveState Judge() => Effective.Of(Admin, Active, Passive.Phase, LocalPath);

    /// <summary>Ready for work as far as its operator is concerned, and with a weight.</summary>
    public bool InService => Admin == AdminState.Ready && Weight > 0;

    /// <summary>What an operator wants of it. True when that is news, as in all that follow.</summary>
    public bool Put(AdminState state, long nowMilliseconds)
    {
        if (Admin == state) return false;
        if (Admin == AdminState.Maintenance) Forgive(nowMilliseconds);
        Admin = state;
        return true;
    }

    /// <summary>The verdict of the checks; that it is unknown still is news once.</summary>
    public bool Pronounce(ActiveHealth health, string reason)
    {
        if (Active == health && HasAnswered) return false;
        (Active, ActiveReason, HasAnswered) = (health, reason, true);
        return true;
    }

    /// <summary>Whether this node reaches it.</summary>
    public bool Reach(bool reachable, string reason)
    {
        if (LocalPath == reachable) return false;
        (LocalPath, LocalReason) = (reachable, reason);
        return true;
    }

    /// <summary>An operator's weight; null = the configured one again.</summary>
    public bool Weigh(int? weight, string reason)
    {
        if (OperatorWeight == weight) return false;
        (OperatorWeight, WeightReason) = (weight, reason);
        return true;
    }

    /// <summary>
    /// Heeds the cluster's word on when it came back, so that its slow start goes on where the others have it. The latest comeback counts:
    /// what the checks, an operator and this node's own traffic say may arrive in any order.
    /// </summary>
    /// <param name="sinceMilliseconds">Monotonic milliseconds; null = the cluster says nothing of a comeback.</param>
    /// <param name="window">Of the slow start.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public bool ComeBack(long? sinceMilliseconds, TimeSpan window, long nowMilliseconds)
    {
        if (sinceMilliseconds is not { } told) return false;
        var since = Math.Min(told, nowMilliseconds);
        if (since <= RampSince || nowMilliseconds - since >= window.TotalMilliseconds) return false;
        RampSince = since;
        return true;
    }

    /// <param name="state">The new effective state.</param>
    /// <param name="reason">What happened; null = time went by.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public void Enter(EffectiveState state, string? reason, long nowMilliseconds)
    {
        _reason = state switch
        {
            EffectiveState.Down => ActiveReason,
            EffectiveState.Ejected => PassiveReason,
            EffectiveState.Unreachable => LocalReason,
            _ => reason ?? PassiveReason,
        };
        Volatile.Write(ref _since, nowMilliseconds);
        Backend.Effective = state;
    }

    /// <summary>
    /// What its latest outcome makes of it. A trial has failed when a second client
    /// says so, too: it begins with a record, and one client alone must not renew that.
    /// </summary>
    /// <param name="evidence">Of the outcome.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public PassiveState Try(PassiveEvidence evidence, ulong client, PassiveConfig config, long nowMilliseconds)
    {
        if (evidence != PassiveEvidence.Suspicion) return Passive.Try(evidence, config, nowMilliseconds);
        var isConfirmed = _doubter is { } first && first != client;
        _doubter ??= client;
        return isConfirmed ? Passive.Try(PassiveEvidence.Failure, config, nowMilliseconds) : Passive;
    }

    /// <summary>Adds the evidence to what speaks against it; true when that suffices.</summary>
    public bool Accuse(PassiveEvidence evidence, ulong client, long nowMilliseconds)
    {
        if (Failures is not { } failures) return false;
        if (evidence == PassiveEvidence.Success) failures.Refute();
        var suffices = evidence switch
        {
            PassiveEvidence.Refused => true,
            PassiveEvidence.Failure => failures.Add(nowMilliseconds),
            PassiveEvidence.Suspicion => failures.Suspect(client, nowMilliseconds),
            _ => false,
        };
        Watch();
        return suffices;
    }

    /// <summary>Nothing speaks against it any more.</summary>
    public void Acquit()
    {
        Failures?.Clear();
        Watch();
    }

    /// <summary>What real traffic did is forgotten.</summary>
    public void Forgive(long nowMilliseconds)
    {
        Passive = new PassiveState(PassivePhase.Clear, 0, nowMilliseconds);
        Acquit();
        FreeTrial();
    }

    /// <summary>
    /// Takes over what was known of the same backend in the pool that this one's pool replaces, which writes nothing from then on. What
    /// speaks against it by other rules does not by these.
    /// </summary>
    public void Inherit(PoolMember old)
    {
        Admin = old.Admin;
        Active = old.Active;
        if (old.Rules == Rules) Failures = old.Failures;
        Passive = old.Passive;
        _doubter = old._doubter;
        LocalPath = old.LocalPath;
        HasAnswered = old.HasAnswered;
        Founder = old.Founder;
        RampSince = old.RampSince;
        OperatorWeight = old.OperatorWeight;
        (ActiveReason, PassiveReason, LocalReason, WeightReason) = (old.ActiveReason, old.PassiveReason, old.LocalReason, old.WeightReason);
        _reason = old.Reason;
        _since = old.Since;
        Backend.Effective = old.Backend.Effective;
        if (old.TrialTaken) TryTakeTrial();
    }

    private void Watch() => _isWatched = _onTrial || Failures is { HasSuspicions: true };
}
