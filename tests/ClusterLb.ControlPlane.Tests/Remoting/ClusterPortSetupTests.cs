using System.Net;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterLb.ControlPlane.Tests.Remoting;

public sealed class ClusterPortSetupTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    [InlineData("::1")]
    public void A_node_of_this_machine_is_dialled_where_it_listens_and_nowhere_else(string host)
    {
        var config = Configs.Of(Configs.Listener, Configs.Pool);
        config = config with { Node = config.Node with { Host = host, ClusterPort = 2552 } };
        var setup = new ClusterPortSetup(new ClusterPortParts(config, TestCluster.Secret, new ClusterPortCounts(),
            new ClusterPortNotices(NullLogger.Instance, TimeProvider.System),
            TimeProvider.System));
        Assert.Equal(host, setup.Host);
        Assert.Equal<EndPoint>(setup.Bind, ClusterPortSetup.DialOf(setup.Host, setup.Port));
    }

    [Fact]
    public void Names_of_other_machines_are_looked_up() =>
        Assert.Equal(new DnsEndPoint("b.example", 2552), ClusterPortSetup.DialOf("b.example", 2552));
}
