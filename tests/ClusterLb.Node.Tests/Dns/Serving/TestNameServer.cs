using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Time;
using ClusterLb.Node.Dns;
using ClusterLb.Node.Dns.Serving;
using ClusterLb.Node.Dns.Zones;
using ClusterLb.Node.Tests.Dns.Zones;

namespace ClusterLb.Node.Tests.Dns.Serving;

/// <summary>The name server of a node, on real sockets, over a zone that a test changes while it runs.</summary>
internal sealed class TestNameServer : IAsyncDisposable
{
    private readonly DnsServer _server;
    private readonly List<Exception> _faults = [];

    private TestNameServer(DnsConfig config, Zone zone)
    {
        Zone = zone;
        _server = DnsServer.Start(
            DnsPorts.Bind(config.Bind!, alsoIPv4: true), () => config, () => Zone, Counts, new Clock(TimeProvider.System), _faults.Add);
    }

    public Zone? Zone { get; set; }

    public DnsCounts Counts { get; } = new();

    /// <summary>On loopback.</summary>
    public IPEndPoint EndPoint => At(IPAddress.Loopback);

    public IPEndPoint At(IPAddress address) => new(address, _server.EndPoint.Port);

    public static TestNameServer Start(Func<DnsConfig, DnsConfig>? change = null, Zone? zone = null)
    {
        var config = SampleZone.Config with { Bind = new IPEndPoint(IPAddress.Loopback, 0) };
        return new TestNameServer(change is null ? config : change(config), zone ?? SampleZone.OfMany(3));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Assert.Empty(_faults);
    }
}
