using System.Net;
using System.Net.Sockets;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Time;
using ClusterLb.DataPlane;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Dns;
using ClusterLb.Node.Dns.Serving;
using ClusterLb.Node.Dns.Zones;
using ClusterLb.Node.Lifecycle;
using ClusterLb.Node.Takeover;
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
    private DnsPorts? _ports;
    private ReadinessWatch? _watch;
    private DnsConfig _followed = tables.InForce.Config.Dns;

    /// <summary>What it is to answer at. Again after <see cref="PauseAsync"/>.</summary>
    /// <param name="inherited">Sockets of another process, or of before, by role; null = it is to be bound.</param>
    /// <returns>Itself, to be disposed.</returns>
    /// <exception cref="DnsBindException">Its port cannot be bound.</exception>
    public NodeNames Bind(Func<string, IPEndPoint, bool, Socket?> inherited)
    {
        if (_followed.Bind is not { } bind) return this;
        var alsoIPv4 = BoundPorts.AlsoTakesIPv4(tables.InForce.Config, bind);
        var (datagrams, streams) = (inherited(SocketRole.DnsDatagram, bind, alsoIPv4), inherited(SocketRole.DnsStream, bind, alsoIPv4));
        _ports = datagrams is null || streams is null ? DnsPorts.Bind(bind, alsoIPv4) : new DnsPorts(datagrams, streams);
        return this;
    }

    /// <summary>Answers from here on.</summary>
    public void Start()
    {
        if (_ports is { } ports) Serve(ports);
        Watch(_followed);
    }

    /// <summary>Another descriptor of what it answers at, made as they are read; none where nothing is answered.</summary>
    /// <exception cref="SocketException">There are no descriptors left.</exception>
    public IEnumerable<HandedSocket> CopySockets()
    {
        if ((_ports, _followed.Bind) is not ({ } ports, { } bind)) yield break;
        yield return Copy(SocketRole.DnsDatagram, bind, ports.Datagrams);
        yield return Copy(SocketRole.DnsStream, bind, ports.Listener);
    }

    /// <summary>Answers no more; what else has its sockets does.</summary>
    public async Task PauseAsync()
    {
        if (_server is { } server) await server.DisposeAsync();
        _ports?.Dispose();
        (_server, _ports) = (null, null);
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
        else if (isMoved) (_server, _ports) = (null, null);
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
        await PauseAsync();
    }

    private HandedSocket Copy(string role, IPEndPoint bind, Socket socket) => new(
        new GivenSocket(role, "", bind.ToString(), BoundPorts.AlsoTakesIPv4(tables.InForce.Config, bind)), ListeningSocket.Copy(socket));

    private void Serve(DnsPorts ports)
    {
        _ports = ports;
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
