using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Health;

/// <summary>When a backend is checked next, so that many backends are never checked in one burst.</summary>
public static class CheckSchedule
{
    /// <summary>The interval, or the fast one in transition, ±10 %.</summary>
    public static TimeSpan Next(CheckState state, HealthConfig config, LoopRandom random)
    {
        var interval = state.IsInTransition ? config.FastInterval : config.Interval;
        return interval * (0.9 + (0.2 * random.Next(1 << 20) / (1 << 20)));
    }

    /// <summary>First checks are spread over the fast interval: a new backend is judged soon, and thousands not at once.</summary>
    /// <param name="index">Of the backend.</param>
    /// <param name="count">Of backends that start together.</param>
    /// <param name="config">Of its pool.</param>
    public static TimeSpan First(int index, int count, HealthConfig config) => config.FastInterval * ((double)index / Math.Max(1, count));
}
