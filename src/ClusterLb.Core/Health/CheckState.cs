using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Health;

/// <summary>The state of one backend's active checks: consecutive results count, an opposite one starts the count anew. A pure value.</summary>
/// <param name="Health">The verdict so far.</param>
/// <param name="Count">Results in a row that speak against it; for an unknown backend passes count up from 0 and failures down.</param>
/// <param name="Since">When checking began, monotonic milliseconds, for the grace time.</param>
public readonly record struct CheckState(ActiveHealth Health, int Count, long Since)
{
    public static CheckState New(long now) => new(ActiveHealth.Unknown, 0, now);

    /// <summary>Between two verdicts the checks come faster.</summary>
    public bool IsInTransition => Health is ActiveHealth.Unknown or ActiveHealth.GoingDown or ActiveHealth.GoingUp;

    /// <param name="passed">The new result.</param>
    /// <param name="config">Thresholds and grace.</param>
    /// <param name="poolIsNew">No backend of the pool has ever been UP: then the first pass is enough.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public CheckState Apply(bool passed, HealthConfig config, bool poolIsNew, long now) =>
        passed ? Passed(poolIsNew ? 1 : config.HealthyThreshold) : Failed(config, now);

    private CheckState Passed(int threshold)
    {
        if (Health is ActiveHealth.Up or ActiveHealth.GoingDown) return this with { Health = ActiveHealth.Up, Count = 0 };
        var count = Health == ActiveHealth.Down ? 1 : Math.Max(0, Count) + 1;
        if (count >= threshold) return this with { Health = ActiveHealth.Up, Count = 0 };
        return this with { Health = Health == ActiveHealth.Unknown ? ActiveHealth.Unknown : ActiveHealth.GoingUp, Count = count };
    }

    private CheckState Failed(HealthConfig config, long now)
    {
        if (Health is ActiveHealth.Down or ActiveHealth.GoingUp) return this with { Health = ActiveHealth.Down, Count = 0 };
        if (now - Since < config.StartGrace.TotalMilliseconds) return this;
        var failures = Health switch { ActiveHealth.GoingDown => Count, ActiveHealth.Unknown => Math.Max(0, -Count), _ => 0 } + 1;
        if (failures >= config.UnhealthyThreshold) return this with { Health = ActiveHealth.Down, Count = 0 };
        return Health == ActiveHealth.Unknown ? this with { Count = -failures } : this with { Health = ActiveHealth.GoingDown, Count = failures };
    }
}
