namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Queues that nothing ever waits in.</summary>
internal static class Queues
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        foreach (var pool in of.Config.Pools)
        {
            var queue = ConfigurationKey.Of("pools", pool.Name, "queue");
            if (pool.Backends.All(backend => backend.MaxInFlight == 0))
            {
                if (of.Text.Has(queue))
                    yield return of.Warn(queue, "is never used, for no backend has a max-in-flight to wait for; one must have it");
            }
            else if (pool.Queue.Length == 0 && of.Text.Has($"{queue}.timeout"))
            {
                yield return of.Warn($"{queue}.timeout", "does nothing, for nobody waits in a queue of length 0; length must be 1 or more");
            }
        }
    }
}
