using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;

namespace ClusterLb.Core.Pools;

internal enum StartPhase
{
    /// <summary>Nobody has passed a check. Nobody judged means nobody condemned: who waits for a verdict takes work.</summary>
    Unjudged,

    /// <summary>Some have passed. Who has not answered yet is presumed well, so that the first to pass does not get everything.</summary>
    Spreading,

    /// <summary>Only verdicts count.</summary>
    Over,
}

/// <summary>How a pool that is new as a whole gets from nothing known to verdicts. A pure value.</summary>
/// <param name="Phase">How far it is.</param>
/// <param name="BeganAt">Monotonic milliseconds.</param>
/// <param name="AnsweredAt">When the first check of any backend answered, monotonic milliseconds; null = none has.</param>
/// <param name="IsAnswered">Every backend in service has answered, or has had <c>start-spread</c> for it since the first one did.</param>
internal readonly record struct PoolStart(StartPhase Phase, long BeganAt, long? AnsweredAt, bool IsAnswered)
{
    /// <summary>How long members may wait for their first verdict before that counts against the pool.</summary>
    private const long PresumptionMilliseconds = 10_000;

    public static PoolStart At(long nowMilliseconds) => new(StartPhase.Unjudged, nowMilliseconds, null, IsAnswered: false);

    public PoolStart Next(ReadOnlySpan<PoolMember> members, TimeSpan spread, long nowMilliseconds)
    {
        var (passed, unjudged, silent, answered) = (Phase == StartPhase.Spreading, false, false, AnsweredAt is not null);
        foreach (var member in members)
        {
            passed |= member.Active is ActiveHealth.Up or ActiveHealth.GoingDown or ActiveHealth.GoingUp;
            answered |= member.HasAnswered;
            if (!member.InService || member.Active != ActiveHealth.Unknown) continue;
            unjudged = true;
            silent |= !member.HasAnswered;
        }

        var since = answered ? AnsweredAt ?? nowMilliseconds : (long?)null;
        var isAnswered = !silent || nowMilliseconds - since >= spread.TotalMilliseconds;
        return new(Phase == StartPhase.Over ? Phase : PhaseOf(passed, unjudged, isAnswered), BeganAt, since, isAnswered);
    }

    /// <summary>Whether it takes work by its own merit.</summary>
    public bool IsHealthy(PoolMember member) => member.Backend.Effective switch
    {
        EffectiveState.Up => true,
        EffectiveState.Unknown => Phase == StartPhase.Unjudged || (Phase == StartPhase.Spreading && !member.HasAnswered),
        _ => false,
    };

    /// <summary>Work had better wait: the first answers are due within <c>start-spread</c> of the pool's first moment.</summary>
    public bool Waits(TimeSpan spread, long nowMilliseconds) =>
        Phase != StartPhase.Over && !IsAnswered && nowMilliseconds - BeganAt < spread.TotalMilliseconds;

    /// <summary>Those that wait for a verdict are presumed well while minimum-healthy is looked at.</summary>
    public bool Presumes(long nowMilliseconds) => nowMilliseconds - BeganAt < PresumptionMilliseconds;

    /// <summary>Monotonic milliseconds at which time alone changes something next; <see cref="long.MaxValue"/> = never.</summary>
    /// <param name="spread"><c>start-spread</c>.</param>
    /// <param name="unjudged">Members that are unknown and not presumed well.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public long NextWork(TimeSpan spread, int unjudged, long nowMilliseconds)
    {
        var next = unjudged > 0 && Presumes(nowMilliseconds) ? BeganAt + PresumptionMilliseconds : long.MaxValue;
        if (IsAnswered) return next;
        if (Waits(spread, nowMilliseconds)) next = Math.Min(next, BeganAt + (long)spread.TotalMilliseconds);
        return AnsweredAt is { } first ? Math.Min(next, first + (long)spread.TotalMilliseconds) : next;
    }

    private static StartPhase PhaseOf(bool passed, bool unjudged, bool isAnswered)
    {
        if (passed) return isAnswered ? StartPhase.Over : StartPhase.Spreading;
        return unjudged ? StartPhase.Unjudged : StartPhase.Over;
    }
}
