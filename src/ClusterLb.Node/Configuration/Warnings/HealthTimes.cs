namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Checks that take longer than the time between them.</summary>
internal static class HealthTimes
{
    /// <summary>The default timeout beside a short interval is nobody's mistake.</summary>
    public static IEnumerable<ConfigurationProblem> Look(Examined of) => of.Config.Pools
        .Where(pool => pool.Health is { Probe: not null } health && health.Timeout > health.Interval)
        .Where(pool => of.Text.Has(ConfigurationKey.Of("pools", pool.Name, "health", "timeout"))
            || of.Text.Has("pool-defaults.health.timeout"))
        .Select(pool => of.Warn(ConfigurationKey.Of("pools", pool.Name, "health", "timeout"),
            $"is {DurationText.Of(pool.Health.Timeout)}, longer than interval = {DurationText.Of(pool.Health.Interval)}: a backend "
            + $"that is silent is asked every {DurationText.Of(pool.Health.Timeout + pool.Health.Interval)} only; it must be shorter"));
}
