namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Checks that take longer than the time between them, or than any request may.</summary>
internal static class HealthTimes
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of) => LookAtIntervals(of).Concat(LookAtResponses(of));

    /// <summary>
    /// Where both were written: a check that waits longer than any request calls those well who are too slow for clients.
    /// </summary>
    private static IEnumerable<ConfigurationProblem> LookAtResponses(Examined of) => of.Config.Pools
        .Where(pool => pool.Health is { Probe: not null } health && health.Timeout > pool.Timeouts.Response)
        .Select(pool => (Pool: pool, Key: ConfigurationKey.Of("pools", pool.Name, "health", "timeout")))
        .Where(one => of.Text.Has(one.Key) && of.Text.Has(ConfigurationKey.Of("pools", one.Pool.Name, "timeouts", "response")))
        .Select(one => of.Warn(one.Key, $"is {DurationText.Of(one.Pool.Health.Timeout)}, longer than timeouts.response = "
            + $"{DurationText.Of(one.Pool.Timeouts.Response)}: a backend may be UP while every request to it ends with 504; it must be "
            + "shorter"));

    /// <summary>The default timeout beside a short interval is nobody's mistake.</summary>
    private static IEnumerable<ConfigurationProblem> LookAtIntervals(Examined of) => of.Config.Pools
        .Where(pool => pool.Health is { Probe: not null } health && health.Timeout > health.Interval)
        .Where(pool => of.Text.Has(ConfigurationKey.Of("pools", pool.Name, "health", "timeout"))
            || of.Text.Has("pool-defaults.health.timeout"))
        .Select(pool => of.Warn(ConfigurationKey.Of("pools", pool.Name, "health", "timeout"),
            $"is {DurationText.Of(pool.Health.Timeout)}, longer than interval = {DurationText.Of(pool.Health.Interval)}: a backend "
            + $"that is silent is asked every {DurationText.Of(pool.Health.Timeout + pool.Health.Interval)} only; it must be shorter"));
}
