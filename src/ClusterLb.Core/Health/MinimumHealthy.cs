using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Health;

/// <summary>Whether a pool overrules health because too little of it is healthy, with hysteresis on the way back.</summary>
/// <param name="FailOpen">True while health is overruled.</param>
/// <param name="EnoughSince">Monotonic milliseconds since when enough are healthy again; null while not, and while not failing open.</param>
public readonly record struct MinimumHealthy(bool FailOpen, long? EnoughSince)
{
    /// <summary>How long enough must be healthy before health is believed again.</summary>
    public const long HysteresisMilliseconds = 10_000;

    /// <summary>Monotonic milliseconds at which the pool stops failing open if nothing changes; null when nothing is pending.</summary>
    public long? EndsAt => EnoughSince + HysteresisMilliseconds;

    /// <param name="config">Both limits 0 = never below.</param>
    /// <param name="healthy">Members that take work by their own merit.</param>
    /// <param name="configured">Members that are not draining, drained or in maintenance.</param>
    public static bool IsBelow(MinimumHealthyConfig config, int healthy, int configured)
    {
        // More than there are can never be healthy: all of them must do.
        if (healthy == configured && healthy > 0) return false;
        return healthy < config.Count || healthy * 100 < config.Percent * configured;
    }

    public MinimumHealthy Next(bool below, long nowMilliseconds)
    {
        if (below) return new(true, null);
        if (!FailOpen) return this;
        var since = EnoughSince ?? nowMilliseconds;
        return nowMilliseconds - since >= HysteresisMilliseconds ? default : new(true, since);
    }
}
