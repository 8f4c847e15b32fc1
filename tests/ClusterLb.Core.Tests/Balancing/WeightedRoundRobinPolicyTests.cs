using CsCheck;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class WeightedRoundRobinPolicyTests
{
    [Fact]
    public void Five_one_one_gives_a_a_b_a_c_a_a()
    {
        var test = new PickerTest("weighted-round-robin", [5, 1, 1]);

        Assert.Equal([0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0], Enumerable.Range(0, 14).Select(_ => test.Pick()!.Index));
    }

    [Fact]
    public void In_every_round_each_backend_is_picked_exactly_its_weight() => Gen.Int[1, 9].Array[1, 8].Sample(weights =>
    {
        var test = new PickerTest("weighted-round-robin", weights);
        return test.Counts(weights.Sum()).SequenceEqual(weights) && test.Counts(weights.Sum()).SequenceEqual(weights);
    });
}
