namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Pools that no request can come to.</summary>
internal static class UnusedPools
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of) => of.Config.Pools.Where(pool => !of.WaysTo(pool).Any())
        .Select(pool => of.Warn(ConfigurationKey.Of("pools", pool.Name),
            "is used by nobody; a listener or a route must have it as pool, or it must go"));
}
