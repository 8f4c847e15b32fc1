namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Queues that nothing ever waits in.</summary>
internal static class Queues
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of) => of.Config.Pools
        .Select(pool => (Key: ConfigurationKey.Of("pools", pool.Name, "queue"), pool.Backends))
        .Where(one => one.Backends.All(backend => backend.MaxInFlight == 0) && of.Text.Has(one.Key))
        .Select(one => of.Warn(one.Key, "is never used, for no backend has a max-in-flight to wait for; one must have it"));
}
