using System.Net;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Listeners;

public sealed class ClientGaugeTests
{
    private readonly ClientGauge _gauge = new(2);

    [Theory]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", "10.0.0.2")]
    [InlineData("2001:db8::1", "2001:db8::2:3", "2001:db8:0:1::1")]
    public void A_client_has_its_bound_once_however_many_addresses_of_its_network_it_uses(string one, string same, string other)
    {
        Assert.True(_gauge.TryOpen(Peer(one)));
        Assert.True(_gauge.TryOpen(Peer(same)));
        Assert.False(_gauge.TryOpen(Peer(one)));
        Assert.True(_gauge.TryOpen(Peer(other)));
        _gauge.Close(Peer(same));
        Assert.True(_gauge.TryOpen(Peer(one)));
    }

    private static PeerAddress Peer(string address) => PeerAddress.From(new IPEndPoint(IPAddress.Parse(address), 4711));
}
