using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Changes;

/// <summary>What a running node cannot change of itself: who it is, what it is made of, and by what others know it.</summary>
internal static class RestartKeys
{
    /// <summary>Keys, and blocks with all that is in them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "node.name", "node.host", "node.cluster-port", "node.event-loops", "node.transport", "node.admin", "node.health-bind",
        "node.takeover-socket",
        "cluster.seeds", "cluster.name-servers", "cluster.profile", "cluster.secret-file", "cluster.secret", "cluster.max-handshakes",
        "cluster.max-handshakes-per-address", "store", "sticky.capacity", "sticky.new-per-client",
        "sticky.lookup-timeout", "sticky.learn-timeout", "sticky.move-timeout",
    ];

    /// <summary>
    /// Besides: certificates between nodes can be exchanged, not begun or given up; so can the keys of our cookie, for without any the
    /// nodes have one of their own.
    /// </summary>
    public static bool Needs(ConfigurationChange change, ClusterLbConfig from, ClusterLbConfig to) =>
        All.Any(key => change.Key == key || change.Key.StartsWith(key + ".", StringComparison.Ordinal))
        || (from.Cluster.Tls.IsOn != to.Cluster.Tls.IsOn && change.Key.StartsWith("cluster.tls.", StringComparison.Ordinal))
        || (from.Sticky.Keys.Count == 0 != (to.Sticky.Keys.Count == 0) && change.Key.StartsWith("sticky.keys", StringComparison.Ordinal));
}
