namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Pools in which nobody is to get work.</summary>
internal static class BackendWeights
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of) => of.Config.Pools
        .Where(pool => pool.Backends.All(backend => backend.Weight == 0) && pool.Sources.All(source => source.Weight == 0))
        .Select(pool => of.Warn(ConfigurationKey.Of("pools", pool.Name, "backends"),
            "have weight 0, all of them, so none gets new work; one must have 1 or more"));
}
