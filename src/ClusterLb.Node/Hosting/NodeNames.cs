using System.Net;
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
/// What a node does for the cluster's zone: it answers where it is to, and looks whether it is ready where answers have it. Follows the
/// configuration one change at a time.
/// </summary>
/// <param name="tables">Has the configuration in force.</param>
/// <param name="logger">Of bugs.</param>
internal sealed class NodeNames(
    TableOwner tables, LiveZone zones, NodeState node, Readiness readiness, ILogger logger, Clock clock) : IMetricSource, IAsyncDisposable
{
    private readonly DnsCounts _counts = new();
    private volatile DnsServer? _server;
    private ReadinessWatch? _watch;
    private DnsConfig _followed = tables.InForce.Config.Dns;

    /// <returns>Itself, to be disposed.</returns>
    /// <exception cref="DnsBindException">Its port cannot be bound.</exception>
    public NodeNames Start()
    {
        var whole = tables.InForce.Config;
        if (whole.Dns.Bind is { } bind) Serve(DnsPorts.Bind(bind, BoundPorts.AlsoTakesIPv4(whole, bind)));
        Watch(whole.Dns);
        return this;
    }

    /// <summary>Binds what is to be answered at, where that is another port; null = there is nothing to bind.</summary>
    /// <exception cref="DnsBindException">It cannot be bound.</exception>
    public DnsPorts? Prepare(ClusterLbConfig desired)
    {
        if (desired.Dns.Bind is not { } bind || bind.Equals(_followed.Bind)) return null;
        if (_followed.Bind is { } held && Overlap(held, bind)) throw new DnsBindException(bind, held);
        return DnsPorts.Bind(bind, BoundPorts.AlsoTakesIPv4(desired, bind));
    }

    /// <summary>Called when the configuration is in force.</summary>
    /// <param name="desired">Of it.</param>
    /// <param name="ports">As they were prepared.</param>
    public async Task FollowAsync(DnsConfig desired, DnsPorts? ports)
    {
        var (before, isMoved) = (_server, !Equals(desired.Bind, _followed.Bind));
        if (ports is not null) Serve(ports);
        else if (isMoved) _server = null;
        // A stream may be in the midst of a zone: at the old port there is time for what has begun, and no more.
        if (isMoved && before is not null) await before.DisposeAsync();
        else if (desired.RateLimit != _followed.RateLimit) _server?.Limit(desired);
        _followed = desired;
        if (desired.AddressesForClients().Count == 0 && _watch is { } watch) await StopWatchingAsync(watch);
        Watch(desired);
    }

    /// <summary>Nothing while nothing is answered here.</summary>
    public void Write(MetricWriter metrics)
    {
        if (_server is not null) new DnsMetrics(_counts, zones).Write(metrics);
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is not null) await _watch.DisposeAsync();
        if (_server is { } server) await server.DisposeAsync();
    }

    private void Serve(DnsPorts ports)
    {
        _server = DnsServer.Start(ports, () => tables.InForce.Config.Dns, () => zones.Current, _counts, clock, logger.DnsFault);
        logger.DnsServes(tables.InForce.Config.Dns.Zone, ports.EndPoint.ToString());
    }

    private void Watch(DnsConfig config)
    {
        if (config.AddressesForClients().Count > 0) _watch ??= new ReadinessWatch(readiness, node, clock.Provider);
    }

    private async Task StopWatchingAsync(ReadinessWatch watch)
    {
        _watch = null;
        await watch.DisposeAsync();
        node.IsUnready = false;
    }

    private static bool Overlap(IPEndPoint held, IPEndPoint wanted) => held.Port == wanted.Port && held.Port != 0
        && (held.Address.Equals(wanted.Address) || IsAny(held.Address) || IsAny(wanted.Address));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
