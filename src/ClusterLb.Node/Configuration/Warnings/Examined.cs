using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>A legal configuration, for those who look whether it can work as it is meant.</summary>
/// <param name="Config">With every default.</param>
/// <param name="Text">What of it somebody wrote, and where.</param>
/// <param name="Policies">That <c>balance</c> may name.</param>
/// <param name="Probes">That <c>health.type</c> may name.</param>
internal sealed record Examined(ClusterLbConfig Config, ConfigurationText Text, Policies Policies, ProbeRegistry Probes)
{
    /// <param name="key">Without <c>clusterlb.</c></param>
    /// <param name="message">What cannot work, and what would.</param>
    public ConfigurationProblem Warn(string key, string message) =>
        new(Text.PlaceOf(key), $"{ConfigurationSources.Root}.{key}", message) { IsWarning = true };

    public bool HasSticky(StickyBy by) => Config.Pools.Any(pool => pool.Sticky.By == by);

    /// <summary>The routes that lead to a pool; a listener's <c>pool</c> is one without conditions.</summary>
    public IEnumerable<(ListenerConfig Listener, RouteConfig? Route)> WaysTo(PoolConfig pool) => Config.Listeners.SelectMany(
        listener => listener.Routes.Where(route => route.Pool == pool.Name).Select(route => (listener, (RouteConfig?)route))
            .Concat(listener.Pool == pool.Name ? [(listener, null)] : []));
}
