using ClusterLb.Node.Dns.Serving;
using ClusterLb.Node.Dns.Zones;

namespace ClusterLb.Node.Telemetry;

/// <summary>What the node's name server was asked, and what its zone says.</summary>
internal sealed class DnsMetrics(DnsCounts counts, LiveZone zones) : IMetricSource
{
    private static readonly (Outcome Outcome, string Word)[] s_results =
    [
        (Outcome.Answered, "answered"), (Outcome.NoData, "nodata"), (Outcome.NoName, "nxdomain"), (Outcome.Refused, "refused"),
        (Outcome.FormatError, "formerr"), (Outcome.NotImplemented, "notimp"), (Outcome.BadVersion, "badvers"),
        (Outcome.Transferred, "transferred"),
    ];

    public void Write(MetricWriter metrics)
    {
        var zone = zones.Current;
        metrics.Counter("clusterlb_dns_queries_total", "Queries that were answered, by what came of them.",
            s_results.Select(result => new Sample(counts.Of(result.Outcome), new Label("result", result.Word))));
        metrics.Counter("clusterlb_dns_malformed_total", "Messages that are no queries; nothing is said to them.",
            new Sample(counts.Malformed));
        metrics.Counter("clusterlb_dns_rate_limited_total",
            "Queries beyond the rate of their network, by what was done: told to ask by TCP, or not answered.",
            new Sample(counts.Cut, new Label("action", "truncated")), new Sample(counts.Dropped, new Label("action", "dropped")));
        metrics.Gauge("clusterlb_dns_connections", "Open TCP connections to the name server.", new Sample(counts.Connections));
        metrics.Gauge("clusterlb_dns_addresses", "Addresses that the zone's own name has now, by family.",
            new Sample(zone?.Apex.V4.Length ?? 0, new Label("family", "ipv4")),
            new Sample(zone?.Apex.V6.Length ?? 0, new Label("family", "ipv6")));
        metrics.Gauge("clusterlb_dns_serial", "The zone's serial number.", new Sample(zone?.Serial ?? 0));
    }
}
