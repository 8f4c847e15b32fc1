using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Health;

/// <summary>
/// Whether a pool panics because too little of it is healthy. Health is overruled while that is so and not a moment longer; what people are
/// told has hysteresis, so that a pool on the edge is one panic and not fifty.
/// </summary>
/// <param name="IsPanic">
/// True from the moment that too few are healthy until enough have been for <see cref="HysteresisMilliseconds"/>.
/// </param>
/// <param name="EnoughSince">Monotonic milliseconds since when enough are healthy again; null while not, and without a panic.</param>
public readonly record struct MinimumHealthy(bool IsPanic, long? EnoughSince)
{
    /// <summary>How long enough must be healthy before the panic is said to be over.</summary>
    public const long HysteresisMilliseconds = 10_000;

    /// <summary>True while health is overruled.</summary>
    public bool FailOpen => IsPanic && EnoughSince is null;

    /// <summary>Monotonic milliseconds at which the panic is over if nothing changes; null when nothing is pending.</summary>
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
        if (!IsPanic) return this;
        var since = EnoughSince ?? nowMilliseconds;
        return nowMilliseconds - since >= HysteresisMilliseconds ? default : new(true, since);
    }
}
