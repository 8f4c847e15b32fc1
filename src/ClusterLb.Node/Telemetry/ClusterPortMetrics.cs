using ClusterLb.ControlPlane.Remoting;

namespace ClusterLb.Node.Telemetry;

/// <summary>Who came to the cluster port.</summary>
internal sealed class ClusterPortMetrics(ClusterPortCounts counts) : IMetricSource
{
    public void Write(MetricWriter metrics)
    {
        metrics.Gauge("clusterlb_cluster_port_handshakes", "Connections to the cluster port that have not proved yet to be nodes.",
            new Sample(counts.Pending));
        metrics.Counter("clusterlb_cluster_port_accepted_total", "Connections of nodes that were let in at the cluster port.",
            new Sample(counts.Accepted));
        metrics.Counter("clusterlb_cluster_port_refused_total", "Connections to the cluster port that were not let in, by why.",
            Enum.GetValues<Refusal>().Select(why =>
                new Sample(counts.Refused(why), new Label("reason", why.ToString().ToLowerInvariant()))));
        metrics.Counter("clusterlb_cluster_refused_messages_total",
            "Messages of nodes that were not read, by why: a serializer that no node uses, or a kind that no node sends.",
            new Sample(counts.RefusedSerializers, new Label("reason", "serializer")),
            new Sample(counts.RefusedManifests, new Label("reason", "kind")));
    }
}
