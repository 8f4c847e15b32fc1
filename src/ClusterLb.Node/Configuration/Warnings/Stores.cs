using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>A store that somebody described and never chose.</summary>
internal static class Stores
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        if (of.Config.Store.Type == StoreType.Embedded && of.Text.Has("store.redis") && !of.Text.Has("store.type"))
            yield return of.Warn("store.redis", "does nothing, for store.type is embedded by default; it must be redis");
    }
}
