using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Health;

/// <summary>Whether a pool fails open: too few are healthy to carry its load, so health is overruled (Envoy calls it panic).</summary>
/// <param name="IsFailingOpen">Now.</param>
/// <param name="RecoveredAt">Since when enough are healthy again, monotonic milliseconds; 0 = they are not.</param>
public readonly record struct MinimumHealthy(bool IsFailingOpen, long RecoveredAt)
{
    /// <summary>How long enough must be healthy before health counts again, so that a flapping backend does not flip the whole pool.</summary>
    public const long HysteresisMilliseconds = 10_000;

    /// <param name="config">Both 0: never.</param>
    /// <param name="healthy">Backends that would take work by their health.</param>
    /// <param name="configured">Backends that are neither draining, drained nor in maintenance.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public MinimumHealthy Next(MinimumHealthyConfig config, int healthy, int configured, long now)
    {
        var tooFew = healthy < config.Count || healthy * 100L < (long)config.Percent * configured;
        // More than there are at all can never be healthy: all of them must do.
        if (healthy == configured && healthy > 0) tooFew = false;
        if (tooFew) return new MinimumHealthy(true, 0);
        if (!IsFailingOpen) return default;
        if (RecoveredAt == 0) return this with { RecoveredAt = now };
        return now - RecoveredAt >= HysteresisMilliseconds ? default : this;
    }
}
