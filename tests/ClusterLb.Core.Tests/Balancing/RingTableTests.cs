using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class RingTableTests
{
    [Theory]
    [InlineData(2, 1, 150, 300)]
    [InlineData(100, 256, 1_000, 998_400)]
    [InlineData(5_000, 256, 1_000, 1_280_000)]
    public void Weights_and_points_do_not_multiply_to_more_than_a_node_has_memory_for(int members, int weight, int virtualNodes, int points)
    {
        var backends = Enumerable.Range(0, members)
            .Select(i => new Backend("app", $"b{i}", new IPEndPoint(IPAddress.Loopback, 1 + i), i, weight, maxInFlight: 0)).ToList();

        var ring = RingTable.Build(backends, [.. Enumerable.Repeat(weight, members)], virtualNodes);

        Assert.Equal(points, ring.Length);
    }
}
