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

    [Fact]
    public void Among_many_it_is_exact_over_a_round_and_smooth_within_it() => Gen.Int[1, 9].Array[17, 60].Sample(weights =>
    {
        var test = new PickerTest("weighted-round-robin", weights);
        var sum = weights.Sum();
        int[] picks = [.. Enumerable.Range(0, sum * 3).Select(_ => test.Pick()!.Index)];
        for (var member = 0; member < weights.Length; member++)
        {
            int[] at = [.. Enumerable.Range(0, picks.Length).Where(i => picks[i] == member)];
            var stride = (double)sum / weights[member];
            // As often as its weight, give or take the half stride at both ends, and never long without.
            if (Math.Abs(at.Length - (3 * weights[member])) > 1) return false;
            if (at.Zip(at.Skip(1), (one, next) => next - one).Any(gap => gap > stride + weights.Length)) return false;
        }

        return true;
    });

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public void Another_weight_counts_within_a_round_whatever_the_one_before_was(int backends)
    {
        var test = new PickerTest("weighted-round-robin", [256, .. Enumerable.Repeat(1, backends - 1)]);
        test.Counts(100);
        test.Weigh([.. Enumerable.Repeat(1, backends)]);
        Assert.All(test.Counts(backends * 10), count => Assert.InRange(count, 8, 12));

        test.Weigh([.. Enumerable.Repeat(1, backends - 1), 256]);
        Assert.InRange(test.Counts(backends + 255)[^1], 250, 260);
    }

    [Fact]
    public void A_change_of_who_is_eligible_does_not_begin_again_with_the_first()
    {
        var test = new PickerTest("weighted-round-robin", [1, 1, 1]);
        Assert.Equal(0, test.Pick()!.Index);
        test.Exclude();

        Assert.Equal(1, test.Pick()!.Index);
    }
}
