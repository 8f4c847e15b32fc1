using System.Diagnostics.Metrics;
using ClusterLb.ControlPlane.Remoting;

namespace ClusterLb.Node.Telemetry;

/// <summary>Who came to the cluster port, observed by scrapes.</summary>
internal sealed class ClusterPortMetrics : IDisposable
{
    private readonly Meter _meter = new(NodeMetrics.MeterName);

    public ClusterPortMetrics(ClusterPortCounts counts)
    {
        _meter.CreateObservableGauge(
            "clusterlb_cluster_port_handshakes", () =>
                counts.Pending, description: "Connections to the cluster port that have not proved yet to be nodes.");
        _meter.CreateObservableCounter("clusterlb_cluster_port_accepted_total", () => counts.Accepted,
            description: "Connections of nodes that were let in at the cluster port.");
        _meter.CreateObservableCounter("clusterlb_cluster_port_refused_total", () => Refused(counts),
            description: "Connections to the cluster port that were not let in, by why.");
        _meter.CreateObservableCounter("clusterlb_cluster_refused_messages_total", () => Messages(counts),
            description: "Messages of nodes that were not read, by why: a serializer that no node uses, or a kind that no node sends.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Refused(ClusterPortCounts counts) =>
        Enum.GetValues<Refusal>()
            .Select(why => new Measurement<long>(counts.Refused(why),
            new KeyValuePair<string, object?>("reason", why.ToString().ToLowerInvariant())));

    private static IEnumerable<Measurement<long>> Messages(ClusterPortCounts counts) =>
    [
        new(counts.RefusedSerializers, new KeyValuePair<string, object?>("reason", "serializer")),
        new(counts.RefusedManifests, new KeyValuePair<string, object?>("reason", "kind")),
    ];
}
