namespace ClusterLb.Node.Telemetry;

/// <summary>The cluster as this node sees it.</summary>
internal static class ClusterMetrics
{
    public static void Write(MetricWriter metrics, NodeReading reading)
    {
        var cluster = reading.Cluster;
        var own = cluster.Nodes[0];
        metrics.Gauge("clusterlb_nodes", "Nodes of the cluster as this one sees them, by status.", cluster.Nodes
            .GroupBy(node => (node.Status, node.IsReachable))
            .OrderBy(group => group.Key.Status, StringComparer.Ordinal).ThenBy(group => group.Key.IsReachable)
            .Select(group => new Sample(group.Count(), new Label("status", group.Key.Status),
                new Label("reachable", group.Key.IsReachable ? "true" : "false"))));
        metrics.Gauge("clusterlb_config_disagreement", "Nodes whose configuration differs from this one's.",
            new Sample(cluster.Disagreeing.Count));
        metrics.Gauge("clusterlb_ring_disagreement", "Nodes whose hash tables send some key elsewhere.",
            new Sample(cluster.RingDisagreeing.Count));
        metrics.Gauge("clusterlb_stale", "1 while no monitor is heard: the last verdicts hold, and this node's own checks.",
            new Sample(own.IsStale ? 1 : 0));
        metrics.Gauge("clusterlb_monitor", "1 on the node where the health monitor is to run.", new Sample(own.IsMonitor ? 1 : 0));
        metrics.Gauge("clusterlb_snapshot_term", "Of the verdicts this node goes by; grows with every monitor.", new Sample(own.Term));
        metrics.Gauge("clusterlb_snapshot_sequence", "Of the verdicts this node goes by; grows within a term.", new Sample(own.Sequence));
    }
}
