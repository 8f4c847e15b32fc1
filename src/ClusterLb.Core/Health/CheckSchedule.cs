using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Health;

/// <summary>When a backend is checked next, so that many backends are never checked in one burst.</summary>
public static class CheckSchedule
{
    /// <summary>From one first check of a new pool to the next, at most.</summary>
    private const double FoundingGapMilliseconds = 10;

    /// <summary>The interval, or the fast one in transition, ±10 %.</summary>
    public static TimeSpan Next(CheckState state, HealthConfig config, LoopRandom random)
    {
        var interval = state.IsInTransition ? config.FastInterval : config.Interval;
        return interval * (0.9 + (0.2 * random.Next(1 << 20) / (1 << 20)));
    }

    /// <summary>
    /// The first checks of a new pool come one after the other but soon: their answers are wanted within <c>start-spread</c>.
    /// </summary>
    public static TimeSpan Founding(int index, int count, HealthConfig config)
    {
        var room = config.StartSpread / 2 < config.FastInterval ? config.StartSpread / 2 : config.FastInterval;
        return TimeSpan.FromMilliseconds(Math.Min(FoundingGapMilliseconds, room.TotalMilliseconds / Math.Max(1, count)) * index);
    }

    /// <summary>
    /// The first checks of one that goes on with a judged pool are spread over the fast interval, so that thousands do not come at once.
    /// </summary>
    public static TimeSpan First(int index, int count, HealthConfig config) => config.FastInterval * ((double)index / Math.Max(1, count));
}
