namespace ClusterLb.Core.Discovery;

/// <summary>When a source or a name is asked again: pure.</summary>
public static class RefreshRule
{
    /// <summary>The longest that an answer holds, whatever it says.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_unknown = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The time to live within 1 s and 5 min, 30 s where nobody tells it, 5 s at most after an answer that named nobody; ±10 %.
    /// </summary>
    /// <param name="draw">From 0 to 1: what was asked at one time is not for ever.</param>
    public static TimeSpan Next(bool hasNamed, TimeSpan? timeToLive, double draw) =>
        Spread(hasNamed ? Within(timeToLive ?? s_unknown) : s_retry, draw);

    /// <summary>The same of a source whose operator may have said how often it is asked, and who may be waited for.</summary>
    /// <param name="set">What <paramref name="answer"/> has made of it.</param>
    /// <param name="refresh">0 = by the time to live.</param>
    /// <param name="draw">From 0 to 1.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public static TimeSpan Next(SourceAnswer answer, FoundSet set, TimeSpan refresh, double draw, long nowMilliseconds)
    {
        var delay = refresh > TimeSpan.Zero ? refresh : Within(answer.TimeToLive ?? s_unknown);
        if (answer is not FoundBackends && delay > s_retry) delay = s_retry;
        var next = Spread(delay, draw);
        // Asked again when the hold is over, for only an answer ends it.
        if (set.Held is not { } held) return next;
        var left = FoundSet.Patience - TimeSpan.FromMilliseconds(nowMilliseconds - held.Since);
        return left < next ? Within(left) : next;
    }

    private static TimeSpan Within(TimeSpan delay) => delay < s_least ? s_least : delay > Most ? Most : delay;

    private static TimeSpan Spread(TimeSpan delay, double draw) => delay * (0.9 + (0.2 * draw));
}
