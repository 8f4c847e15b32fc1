using ClusterLb.Core.Balancing;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class TableWeightsTests
{
    [Theory]
    [InlineData(new[] { 1, 1, 1 }, new[] { 1, 1, 1 }, new[] { 1, 1, 1 })]
    [InlineData(new[] { 4, 4, 4 }, new[] { 1, 4, 4 }, new[] { 4, 4, 4 })]
    [InlineData(new[] { 4, 4, 4 }, new[] { 0, 0, 4 }, new[] { 4, 4, 4 })]
    [InlineData(new[] { 4, 4, 4 }, new[] { 4, 9, 4 }, new[] { 4, 9, 4 })]
    [InlineData(new[] { 0, 4 }, new[] { 3, 4 }, new[] { 3, 4 })]
    [InlineData(new[] { 0, 4 }, new[] { 0, 4 }, new[] { 0, 4 })]
    [InlineData(new[] { 4, 4 }, new[] { 0, 0 }, new[] { 4, 4 })]
    public void Of_each_the_greater_counts_so_that_less_closes_its_own_slots_only(int[] configured, int[] wanted, int[] expected) =>
        Assert.Equal(expected, TableWeights.Of(new PickerTest("random", configured).Members, wanted));

    [Theory]
    [InlineData(new[] { 256, 256, 256 }, new[] { 1, 2, 1 }, new[] { 1, 2, 1 })]
    [InlineData(new[] { 256, 256, 256 }, new[] { 1, 0, 1 }, new[] { 1, 0, 1 })]
    [InlineData(new[] { 256, 256, 256 }, new[] { 1, 1, 256 }, new[] { 256, 256, 256 })]
    public void When_nearly_all_slots_would_be_closed_what_is_wanted_counts(int[] configured, int[] wanted, int[] expected) =>
        Assert.Equal(expected, TableWeights.Of(new PickerTest("random", configured).Members, wanted));
}
