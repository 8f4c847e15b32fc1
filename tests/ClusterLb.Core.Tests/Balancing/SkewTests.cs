using ClusterLb.Core.Balancing;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class SkewTests
{
    [Theory]
    [InlineData(100, 300, 100, 300, 1.0)]
    [InlineData(250, 300, 100, 300, 2.5)]
    [InlineData(150, 300, 200, 400, 1.0)]
    [InlineData(90, 90, 100, 300, 0)]
    [InlineData(500, 1_000, 0, 300, 0)]
    [InlineData(5, 0, 100, 0, 0)]
    public void A_share_is_measured_against_the_weight_and_only_when_there_is_enough(long requests, long ofAll, int weight,
        long ofAllWeights, double expected) =>
        Assert.Equal(expected, Skew.Of(requests, ofAll, weight, ofAllWeights), 3);
}
