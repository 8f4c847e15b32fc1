using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Retries that are asked for and never made.</summary>
internal static class Retries
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        foreach (var pool in of.Config.Pools.Where(pool => pool.Retry.Attempts > 0))
        {
            var attempts = ConfigurationKey.Of("pools", pool.Name, "retry", "attempts");
            if (!of.Text.Has(attempts)) continue;
            if (pool.Retry.On == RetryOn.None)
            {
                yield return of.Warn(attempts,
                    "does nothing, for retry.on = [] never retries; it must have connect-failure or no-response");
            }
            else if (pool.Retry.BudgetPercent == 0)
            {
                yield return of.Warn(attempts, "does nothing, for retry.budget-percent = 0 allows none; it must be 1 or more");
            }
        }
    }
}
