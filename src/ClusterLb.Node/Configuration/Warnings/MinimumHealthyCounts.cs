using System.Globalization;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Minimums that make a pool use those that are down whenever one is.</summary>
internal static class MinimumHealthyCounts
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        foreach (var pool in of.Config.Pools.Where(pool => pool.Backends.Count > 1 && pool.Sources.Count == 0))
        {
            var (minimum, all) = (pool.MinimumHealthy, pool.Backends.Count);
            var block = ConfigurationKey.Of("pools", pool.Name, "minimum-healthy");
            if (minimum.Count >= all)
            {
                yield return of.Warn($"{block}.count", string.Create(CultureInfo.InvariantCulture,
                    $"is {minimum.Count} of {all} backends, so when one is down the pool uses it all the same; it must be less than "
                    + $"{all}"));
            }
            else if (minimum.Percent * all > (all - 1) * 100)
            {
                yield return of.Warn($"{block}.percent", string.Create(CultureInfo.InvariantCulture,
                    $"is {minimum.Percent} of {all} backends, so when one is down the pool uses it all the same; it must be at most "
                    + $"{(all - 1) * 100 / all}"));
            }
        }
    }
}
