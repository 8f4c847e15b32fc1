using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Health;

/// <summary>
/// The state of one backend's active checks: consecutive results count, an opposite one starts the count anew. A pure value.
/// </summary>
/// <param name="Health">The verdict so far.</param>
/// <param name="Count">Results in a row that speak against it; for an unknown backend passes count up from 0 and failures down.</param>
/// <param name="Since">When checking began, monotonic milliseconds, for the grace time.</param>
public readonly record struct CheckState(ActiveHealth Health, int Count, long Since)
{
    public static CheckState New(long now) => new(ActiveHealth.Unknown, 0, now);

    /// <summary>Between two verdicts the checks come faster.</summary>
    public bool IsInTransition => Health is ActiveHealth.Unknown or ActiveHealth.GoingDown or ActiveHealth.GoingUp;

    /// <summary>One more check by one node.</summary>
    public CheckState Apply(bool passed, HealthConfig config, bool poolIsNew, long now) =>
        passed ? Pass(config, poolIsNew) : Fail(1, config, now);

    /// <summary>One more check passed.</summary>
    /// <param name="config">Thresholds.</param>
    /// <param name="poolIsNew">No backend of the pool has ever been UP: then the first pass is enough.</param>
    public CheckState Pass(HealthConfig config, bool poolIsNew) => Passed(poolIsNew ? 1 : config.HealthyThreshold);

    /// <summary>So many more checks failed, and nobody who asked at the same time found it well.</summary>
    /// <param name="failures">1 or more; the failures of several nodes count each.</param>
    /// <param name="config">Threshold and grace.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public CheckState Fail(int failures, HealthConfig config, long now) => Failed(failures, config.UnhealthyThreshold, config, now);

    /// <summary>It failed here while others found it well: one short of a verdict, whatever was counted before.</summary>
    public CheckState Doubt(HealthConfig config, long now)
    {
        var most = config.UnhealthyThreshold - 1;
        var failed = Failed(1, int.MaxValue, config, now);
        return failed with { Count = Math.Clamp(failed.Count, -most, most) };
    }

    private CheckState Passed(int threshold)
    {
        if (Health is ActiveHealth.Up or ActiveHealth.GoingDown) return this with { Health = ActiveHealth.Up, Count = 0 };
        var count = Health == ActiveHealth.Down ? 1 : Math.Max(0, Count) + 1;
        if (count >= threshold) return this with { Health = ActiveHealth.Up, Count = 0 };
        return this with { Health = Health == ActiveHealth.Unknown ? ActiveHealth.Unknown : ActiveHealth.GoingUp, Count = count };
    }

    private CheckState Failed(int more, int threshold, HealthConfig config, long now)
    {
        if (Health is ActiveHealth.Down or ActiveHealth.GoingUp) return this with { Health = ActiveHealth.Down, Count = 0 };
        if (now - Since < config.StartGrace.TotalMilliseconds) return this;
        var failures = Health switch { ActiveHealth.GoingDown => Count, ActiveHealth.Unknown => Math.Max(0, -Count), _ => 0 } + more;
        if (failures >= threshold) return this with { Health = ActiveHealth.Down, Count = 0 };
        return Health == ActiveHealth.Unknown
            ? this with { Count = -failures }
            : this with { Health = ActiveHealth.GoingDown, Count = failures };
    }
}
