using ClusterLb.Core.Balancing;

namespace ClusterLb.Core.Tests.Balancing;

/// <summary>Weights are shares while nobody is busy: each request ends before the next begins.</summary>
public sealed class IdleShareTests
{
    private const int Picks = 10_000;

    // Of all picks.
    private const double Tolerance = 0.02;

    private static readonly string[] s_leftToChance = ["random", "consistent-hash", "ip-hash"];

    private static readonly int[][] s_weights =
    [
        [1, 1],
        [19, 1],
        [1, 19],
        [256, 1],
        [8, 1, 1],
        [5, 3, 2],
        [1, 2, 3, 4, 5, 6, 7],
        [9, .. Enumerable.Repeat(1, 20)],
        [100, .. Enumerable.Repeat(1, 99)],
        [.. Enumerable.Range(0, 100).Select(i => 1 + (i % 7))],
    ];

    public static TheoryData<string, int[]> Cases()
    {
        var cases = new TheoryData<string, int[]>();
        foreach (var policy in Policies.Default.Names)
        {
            foreach (var weights in s_weights) cases.Add(policy, weights);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_gets_as_much_as_it_weighs(string policy, int[] weights) =>
        AssertShares(policy, new PickerTest(policy, weights).CountsByKey(Picks), weights);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_slow_start_counts_the_same_way_although_it_changes_weights_at_every_pick(string policy, int[] weights)
    {
        var test = new PickerTest(policy, weights);
        var counts = new int[weights.Length];
        var shares = new double[weights.Length];
        for (var percent = 10; percent < 100; percent++)
        {
            int[] ramping = [weights[0] * percent, .. weights.Skip(1).Select(weight => weight * 100)];
            test.Ramp(ramping);
            for (var i = 0; i < 100; i++)
            {
                counts[test.Pick(Core.Numerics.StableHash.Of($"{percent}-{i}"))!.Index]++;
                // The same weights again in another value, as when somebody else's state changes.
                test.Ramp(ramping);
            }

            for (var i = 0; i < shares.Length; i++) shares[i] += ramping[i] / (double)ramping.Sum();
        }

        AssertShares(policy, counts, shares);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_operators_want_counts_from_the_next_pick_on_and_no_longer_than_they_want_it(string policy, int[] weights)
    {
        var test = new PickerTest(policy, weights);
        test.CountsByKey(777);
        int[] turned = [.. weights.Reverse()];
        test.Weigh(turned);
        AssertShares(policy, test.CountsByKey(Picks), turned);

        test.Weigh([7, .. weights.Skip(1)]);
        AssertShares(policy, test.CountsByKey(Picks), [7, .. weights.Skip(1)]);

        test.Weigh(weights);
        AssertShares(policy, test.CountsByKey(Picks), weights);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weight_0_is_no_new_work_and_what_it_had_is_shared_by_weight(string policy, int[] weights)
    {
        var test = new PickerTest(policy, weights);
        int[] without = [0, .. weights.Skip(1)];
        test.Weigh(without);
        var counts = test.CountsByKey(Picks);
        Assert.Equal(0, counts[0]);
        AssertShares(policy, counts, without);

        test.Weigh(weights);
        AssertShares(policy, test.CountsByKey(Picks), weights);
    }

    private static void AssertShares(string policy, int[] counts, int[] weights) =>
        AssertShares(policy, counts, Array.ConvertAll(weights, weight => (double)weight));

    private static void AssertShares(string policy, int[] counts, double[] weights)
    {
        var (picks, all) = ((double)counts.Sum(), weights.Sum());
        for (var i = 0; i < counts.Length; i++)
        {
            var share = weights[i] / all;
            Assert.True(Math.Abs((counts[i] / picks) - share) <= Tolerance, $"b{i} of {share:P2} got {counts[i] / picks:P2}");
            // Where little is left to chance shares are nearly exact, however small they are.
            var expected = share * picks;
            if (!s_leftToChance.Contains(policy))
                Assert.True(Math.Abs(counts[i] - expected) <= 8 + (0.02 * expected), $"b{i} had {counts[i]} picks of {expected:F1}");
        }
    }
}
