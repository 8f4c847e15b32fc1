using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Time;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Dns;
using ClusterLb.Node.Dns.Serving;
using ClusterLb.Node.Dns.Zones;
using ClusterLb.Node.Lifecycle;
using ClusterLb.Node.Telemetry;

namespace ClusterLb.Node.Hosting;

/// <summary>
/// What a node does for the cluster's zone: it answers where it is to, and looks whether it is ready where answers have it.
/// </summary>
internal sealed class NodeNames : IAsyncDisposable
{
    private readonly DnsServer? _server;
    private readonly ReadinessWatch? _watch;

    private NodeNames(DnsServer? server, ReadinessWatch? watch, IReadOnlyList<IMetricSource> metrics) =>
        (_server, _watch, Metrics) = (server, watch, metrics);

    /// <summary>None while nothing is answered here.</summary>
    public IReadOnlyList<IMetricSource> Metrics { get; }

    /// <param name="tables">Has the configuration in force.</param>
    /// <param name="logger">Of bugs.</param>
    /// <exception cref="DnsBindException">Its port cannot be bound.</exception>
    public static NodeNames Start(
        TableOwner tables, LiveZone zones, NodeState node, Readiness readiness, ILogger logger, Clock clock)
    {
        var whole = tables.InForce.Config;
        var counts = new DnsCounts();
        DnsServer? server = null;
        if (whole.Dns.Bind is { } bind)
        {
            var alsoIPv4 = BoundPorts.AlsoTakesIPv4(whole, bind);
            server = DnsServer.Start(
                () => tables.InForce.Config.Dns, alsoIPv4, () => zones.Current, counts, clock, logger.DnsFault);
            logger.DnsServes(whole.Dns.Zone, server.EndPoint.ToString());
        }

        var watch = whole.Dns.AddressesForClients().Count > 0 ? new ReadinessWatch(readiness, node, clock.Provider) : null;
        return new NodeNames(server, watch, server is null ? [] : [new DnsMetrics(counts, zones)]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is not null) await _watch.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }
}
