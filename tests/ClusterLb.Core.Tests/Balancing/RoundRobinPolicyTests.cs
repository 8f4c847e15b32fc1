namespace ClusterLb.Core.Tests.Balancing;

public sealed class RoundRobinPolicyTests
{
    [Fact]
    public void Every_backend_has_its_turn_once_a_round() =>
        Assert.All(new PickerTest("round-robin", 7).Counts(700), count => Assert.Equal(100, count));

    [Fact]
    public void Where_weights_differ_each_has_its_turn_as_often_as_its_weight() =>
        Assert.Equal([500, 100, 300, 100], new PickerTest("round-robin", [5, 1, 3, 1]).Counts(1_000));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Loops_do_not_start_at_the_same_backend(int weightOfOne)
    {
        int[] weights = [weightOfOne, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        // The heavier one may come first everywhere.
        var starts = Enumerable.Range(0, 50).Select(seed =>
            Array.LastIndexOf(new PickerTest("round-robin", weights, seed: (ulong)seed).Counts(2), 1));

        Assert.True(starts.Distinct().Count() > 5);
    }
}
