using System.Net;
using System.Text;
using ClusterLb.ControlPlane.Stores;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Stores;

public sealed class RingDocumentTests
{
    [Fact]
    public void The_ring_is_for_people_to_read() => Assert.Matches(
        "^\\{\"app\":\\{\"epoch\":\"[0-9a-f]{16}\",\"members\":\\{\"b1\":1,\"b2\":1\\}\\}\\}$",
        Encoding.UTF8.GetString(RingDocument.Write([Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1),
            new IPEndPoint(IPAddress.Loopback, 2))])));
}
