using System.Net;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane.Tests.Workers;

public sealed class FarewellTests
{
    [Fact]
    public void Connections_end_one_after_the_other_over_the_whole_time()
    {
        var farewell = new Farewell(1_000, 5_000);

        // Ports as one client takes them.
        var ended = Enumerable.Range(0, 6).Select(second => Enumerable.Range(40_000, 1_000)
            .Count(port => farewell.IsDue(Peer(port), 1_000 + (second * 1_000)))).ToList();

        Assert.Equal(0, ended[0]);
        for (var second = 1; second <= 4; second++) Assert.InRange(ended[second], (second * 200) - 20, (second * 200) + 20);
        Assert.Equal(1_000, ended[5]);
    }

    [Fact]
    public void Without_a_time_all_end_at_once() =>
        Assert.All(Enumerable.Range(1, 65_535), port => Assert.True(new Farewell(1_000, 0).IsDue(Peer(port), 1_000)));

    private static PeerAddress Peer(int port) => PeerAddress.From(new IPEndPoint(IPAddress.Loopback, port));
}
