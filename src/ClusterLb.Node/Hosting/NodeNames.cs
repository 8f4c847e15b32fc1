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
/// What a node does for the cluster's zone: it answers where it is to, and looks whether it is ready where answers have it.
/// </summary>
/// <param name="tables">Has the configuration in force.</param>
/// <param name="logger">Of bugs.</param>
internal sealed class NodeNames(
    TableOwner tables, LiveZone zones, NodeState node, Readiness readiness, ILogger logger, Clock clock) : IAsyncDisposable
{
    private readonly DnsCounts _counts = new();
    private readonly IPEndPoint? _bind = tables.InForce.Config.Dns.Bind;
    private readonly bool _alsoIPv4 =
        tables.InForce.Config.Dns.Bind is { } bind && BoundPorts.AlsoTakesIPv4(tables.InForce.Config, bind);

    private DnsSockets? _sockets;
    private DnsServer? _server;
    private ReadinessWatch? _watch;

    /// <summary>None where nothing is answered.</summary>
    public IReadOnlyList<IMetricSource> Metrics => _bind is null ? [] : [new DnsMetrics(_counts, zones)];

    /// <summary>What it is to answer at. Again after <see cref="PauseAsync"/>.</summary>
    /// <param name="inherited">Sockets of another process, or of before, by role; null = it is to be bound.</param>
    /// <exception cref="DnsBindException">Its port cannot be bound.</exception>
    public void Bind(Func<string, IPEndPoint, bool, Socket?> inherited)
    {
        if (_bind is not { } bind) return;
        var (datagrams, streams) = (inherited(SocketRole.DnsDatagram, bind, _alsoIPv4), inherited(SocketRole.DnsStream, bind, _alsoIPv4));
        _sockets = datagrams is null || streams is null ? DnsSockets.Bind(bind, _alsoIPv4) : new DnsSockets(datagrams, streams);
    }

    /// <summary>Answers from here on.</summary>
    public void Start()
    {
        if (_sockets is { } sockets)
        {
            _server = DnsServer.Start(() => tables.InForce.Config.Dns, sockets, () => zones.Current, _counts, clock, logger.DnsFault);
            logger.DnsServes(tables.InForce.Config.Dns.Zone, _server.EndPoint.ToString());
        }

        if (_watch is null && tables.InForce.Config.Dns.AddressesForClients().Count > 0)
            _watch = new ReadinessWatch(readiness, node, clock.Provider);
    }

    /// <summary>Another descriptor of what it answers at; none where nothing is answered.</summary>
    /// <exception cref="SocketException">There are no descriptors left.</exception>
    public IReadOnlyList<HandedSocket> CopySockets() => (_sockets, _bind) is ({ } sockets, { } bind)
        ? [Copy(SocketRole.DnsDatagram, bind, sockets.Datagrams), Copy(SocketRole.DnsStream, bind, sockets.Streams)]
        : [];

    /// <summary>Answers no more; what else has its sockets does.</summary>
    public async Task PauseAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _sockets?.Datagrams.Dispose();
        _sockets?.Streams.Dispose();
        (_server, _sockets) = (null, null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is not null) await _watch.DisposeAsync();
        await PauseAsync();
    }

    private HandedSocket Copy(string role, IPEndPoint bind, Socket socket) =>
        new(new GivenSocket(role, "", bind.ToString(), _alsoIPv4), ListeningSocket.Copy(socket));
}
