using ClusterLb.Core.Discovery;
using CsCheck;

namespace ClusterLb.Core.Tests.Discovery;

public sealed class ServiceWeightsTests
{
    [Theory]
    [InlineData(new[] { 1, 2, 3 }, new[] { 1, 2, 3 })]
    [InlineData(new[] { 0, 0 }, new[] { 1, 1 })]
    [InlineData(new[] { 0, 1 }, new[] { 1, 256 })]
    [InlineData(new[] { 10_000, 40_000 }, new[] { 64, 256 })]
    [InlineData(new int[0], new int[0])]
    public void Weights_keep_their_proportion_and_none_gets_next_to_nothing(int[] weights, int[] expected) =>
        Assert.Equal(expected, ServiceWeights.Of(weights));

    [Fact]
    public void Whatever_they_are_they_are_legal_and_in_order() =>
        Gen.Int[0, 65_535].Array[1, 20].Sample(weights =>
        {
            var legal = ServiceWeights.Of(weights);
            Assert.All(legal, weight => Assert.InRange(weight, 1, 256));
            var pairs = weights.Zip(legal).OrderBy(pair => pair.First).ToList();
            Assert.Equal(pairs.Select(pair => pair.Second).Order(), pairs.Select(pair => pair.Second));
        });
}
