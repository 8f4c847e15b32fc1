namespace ClusterLb.Core.Tests.Balancing;

public sealed class RandomPolicyTests
{
    [Fact]
    public void A_changed_weight_counts_from_the_next_pick_on()
    {
        var test = new PickerTest("random", 2);
        Assert.InRange(test.Counts(10_000)[0], 4_700, 5_300);
        test.Eligible = new Core.Balancing.Eligibility(test.Members, [10, 90], failOpen: false);

        Assert.InRange(test.Counts(10_000)[0], 850, 1_150);
    }
}
