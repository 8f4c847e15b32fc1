namespace ClusterLb.Core.Tests.Balancing;

public sealed class RoundRobinPolicyTests
{
    [Fact]
    public void Every_backend_has_its_turn_once_a_round() =>
        Assert.All(new PickerTest("round-robin", 7).Counts(700), count => Assert.Equal(100, count));

    [Fact]
    public void Loops_do_not_start_at_the_same_backend()
    {
        var starts = Enumerable.Range(0, 50).Select(seed => new PickerTest("round-robin", 10, seed: (ulong)seed).Pick()!.Index).Distinct();

        Assert.True(starts.Count() > 5);
    }
}
