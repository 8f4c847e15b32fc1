using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Pools;

/// <summary>Rules that look at all members of a pool at once.</summary>
internal static class MemberRules
{
    /// <summary>How often to look after a trial that is under way.</summary>
    private const long TrialCheckMilliseconds = 1_000;

    public static PoolTally Count(ReadOnlySpan<PoolMember> members, PoolStart start)
    {
        var (healthy, unjudged, configured) = (0, 0, 0);
        foreach (var member in members)
        {
            if (!member.InService) continue;
            configured++;
            if (start.IsHealthy(member)) healthy++;
            else if (member.Backend.Effective == EffectiveState.Unknown) unjudged++;
        }

        return new(healthy, unjudged, configured);
    }

    /// <summary>Who takes sessions of which nothing is known, by index: its weight, whether it is well or not; 0 = does not.</summary>
    public static int[] TakeSessions(ReadOnlySpan<PoolMember> members)
    {
        var takes = new int[members.Length];
        for (var i = 0; i < takes.Length; i++) takes[i] = members[i].InService ? members[i].Weight : 0;
        TierRule.KeepLowest(takes, TiersOf(members));
        return takes;
    }

    /// <summary>What one outcome makes of a member's passive state.</summary>
    public static PassiveState Judge(
        ReadOnlySpan<PoolMember> members, PoolMember member, PassiveEvidence evidence, ulong client, PassiveConfig config, bool failOpen,
            long nowMilliseconds)
    {
        var passive = member.Passive;
        // A request from before the ejection says nothing new: only the one on trial counts, and when failing open all are.
        if (passive.Phase == PassivePhase.Trial)
            return member.TrialTaken || failOpen ? member.Try(evidence, client, config, nowMilliseconds) : passive;
        if (passive.Phase == PassivePhase.Ejected) return passive;
        return member.Accuse(evidence, client, nowMilliseconds) && AllowEjection(members, config)
            ? passive.Eject(config, nowMilliseconds)
            : passive;
    }

    /// <summary>
    /// Whom the cluster holds for well, by index: its weight; 0 = does not. What this node has seen for itself does not count, nor a slow
    /// start.
    /// </summary>
    /// <param name="members">All.</param>
    /// <param name="otherwise">When it is nobody.</param>
    public static int[] Standing(ReadOnlySpan<PoolMember> members, int[] otherwise)
    {
        var standing = new int[members.Length];
        for (var i = 0; i < standing.Length; i++)
        {
            var state = Effective.Of(members[i].Admin, members[i].Active, PassivePhase.Clear, localPath: true);
            standing[i] = state == EffectiveState.Up ? members[i].Weight : 0;
        }

        TierRule.KeepLowest(standing, TiersOf(members));
        return standing.AsSpan().ContainsAnyExcept(0) ? standing : otherwise;
    }

    /// <summary>What evidence does to a member: why it is another one now; null = it is not.</summary>
    public static string? Weigh(
        ReadOnlySpan<PoolMember> members, PoolMember member, PassiveEvidence evidence, in Outcome outcome, ulong client,
        PassiveConfig config, bool failOpen, long nowMilliseconds)
    {
        var after = Judge(members, member, evidence, client, config, failOpen, nowMilliseconds);
        member.FreeTrial();
        if (after == member.Passive) return null;
        member.Passive = after;
        if (after.Phase == PassivePhase.Clear) member.Acquit();
        return member.PassiveReason = after.Phase == PassivePhase.Clear ? "trial succeeded" : OutcomeText.Of(outcome);
    }

    /// <summary>Puts what checks say into the members.</summary>
    /// <param name="members">Of a pool whose lock is held.</param>
    /// <returns>Those of whom it is news, and why; nobody without an address.</returns>
    public static Dictionary<PoolMember, Cause> Pronounce(
        PoolMember[] members, IEnumerable<ActiveVerdict> verdicts, TimeSpan slowStart, long nowMilliseconds)
    {
        var causes = new Dictionary<PoolMember, Cause>();
        foreach (var verdict in verdicts)
        {
            if (verdict.Backend.NameProblem.Length > 0) continue;
            var (member, comeback) = (members[verdict.Backend.Index], verdict.ComebackAt);
            if (member.Pronounce(verdict.Health, verdict.Reason) | member.ComeBack(comeback, slowStart, nowMilliseconds))
                causes[member] = new Cause(verdict.Reason, comeback is not null);
        }

        return causes;
    }

    /// <summary>Puts all that is known of a member together. False when its state stays.</summary>
    /// <param name="member">Of a pool whose lock is held.</param>
    /// <param name="causeOf">Asked when it is another one now.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public static bool Move(PoolMember member, Func<PoolMember, Cause> causeOf, TimeSpan slowStart, long nowMilliseconds)
    {
        var (from, to) = (member.Backend.Effective, member.Judge());
        if (member.RampSince is { } since && nowMilliseconds - since >= slowStart.TotalMilliseconds) member.RampSince = null;
        if (from == to) return false;
        var (reason, isDated) = causeOf(member);
        member.Enter(to, reason, nowMilliseconds);
        var isFirstPass = from == EffectiveState.Unknown && member.Founder;
        if (to == EffectiveState.Up && !isDated && !isFirstPass) member.RampSince = nowMilliseconds;
        return true;
    }

    /// <param name="start">Of its pool.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public static MemberFacts FactsOf(PoolMember member, PoolStart start, long nowMilliseconds) => new(
        member.Backend.Effective, member.Weight, nowMilliseconds - member.RampSince, start.IsHealthy(member), member.Backend.Tier);

    /// <summary>Whether passive ejection may take one more away.</summary>
    public static bool AllowEjection(ReadOnlySpan<PoolMember> members, PassiveConfig config)
    {
        var (inService, outOfIt) = (0, 0);
        foreach (var member in members)
        {
            if (!member.InService) continue;
            inService++;
            if (member.Passive.Phase != PassivePhase.Clear) outOfIt++;
        }

        return EjectionLimit.AllowsOneMore(config.MaxEjectedPercent, inService, outOfIt);
    }

    /// <summary>Monotonic milliseconds at which time alone changes a member next; <see cref="long.MaxValue"/> = never.</summary>
    public static long NextWork(ReadOnlySpan<PoolMember> members, PassiveConfig config, long nowMilliseconds)
    {
        var next = long.MaxValue;
        foreach (var member in members)
        {
            if (member.RampSince is not null) return nowMilliseconds;
            if (member.OnTrial) next = Math.Min(next, nowMilliseconds + TrialCheckMilliseconds);
            if (member.Passive.Phase == PassivePhase.Ejected) next = Math.Min(next, member.Passive.EndsAt(config));
        }

        return next;
    }

    /// <summary>The members of a pool, each with what is known of a backend of the same name and address in the pool before it.</summary>
    /// <param name="config">Of the pool to be.</param>
    /// <param name="old">The members of the pool that it replaces; none = it replaces none.</param>
    /// <param name="start">How far that pool was with its start.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    /// <returns>The members, and how far the pool as a whole is: one without a member of the old one begins anew.</returns>
    public static (PoolMember[] Members, PoolStart Start) Build(PoolConfig config, PoolMember[] old, PoolStart start, long nowMilliseconds)
    {
        var members = new PoolMember[config.Backends.Count];
        var byName = old.ToDictionary(member => member.Config.Name);
        var isOther = true;
        for (var i = 0; i < members.Length; i++)
        {
            var wanted = config.Backends[i];
            var same = byName.TryGetValue(wanted.Name, out var named) && named.Config.EndPoint.Equals(wanted.EndPoint)
                && named.Config.NameProblem == wanted.NameProblem ? named : null;
            members[i] = Build(config, wanted, i, same, nowMilliseconds);
            isOther &= same is null;
        }

        foreach (var member in members) member.Founder |= isOther || start.Phase != StartPhase.Over;
        return (members, isOther ? PoolStart.At(nowMilliseconds) : start);
    }

    private static int[] TiersOf(ReadOnlySpan<PoolMember> members)
    {
        var tiers = new int[members.Length];
        for (var i = 0; i < tiers.Length; i++) tiers[i] = members[i].Backend.Tier;
        return tiers;
    }

    private static PoolMember Build(PoolConfig pool, BackendConfig config, int index, PoolMember? old, long nowMilliseconds)
    {
        var stays = old is not null && old.Config == config && old.Backend.Index == index;
        var backend = stays
            ? old!.Backend
            : new Backend(pool.Name, config.Name, config.EndPoint, index, config.Weight, config.MaxInFlight, old?.Backend.Load)
            {
                Address = config.Address,
                Addresses = config switch
                {
                    { NameProblem.Length: > 0 } => [],
                    { Addresses.Count: > 0 } => [.. config.Addresses],
                    _ => [config.EndPoint],
                },
                NameProblem = config.NameProblem,
                Source = config.Source,
                Tier = config.Tier,
            };
        var member = new PoolMember(backend, config, pool.Passive, nowMilliseconds);
        if (old is not null) member.Inherit(old);
        // Who has no address is down whatever is checked, and nobody has to ask.
        if (config.NameProblem.Length > 0) member.Pronounce(ActiveHealth.Down, config.NameProblem);
        else if (pool.Health.Probe is null) member.Active = ActiveHealth.Up;
        return member;
    }
}
