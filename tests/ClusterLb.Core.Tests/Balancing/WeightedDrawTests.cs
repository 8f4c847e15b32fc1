using ClusterLb.Core.Balancing;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class WeightedDrawTests
{
    private const int Draws = 50_000;

    public static TheoryData<int[]> Weights =>
    [
        [100, 100],
        [1, 25_600],
        [25_600, 1, 1, 1],
        [10, 20, 30, 40, 50],
        [.. Enumerable.Range(0, 40).Select(i => 1 + (i * i % 37))],
        [.. Enumerable.Repeat(1, 30), 3_000, .. Enumerable.Repeat(1, 30)],
    ];

    [Theory]
    [MemberData(nameof(Weights))]
    public void Each_is_drawn_as_often_as_its_weight(int[] weights)
    {
        var draw = Of(weights);
        var counts = new int[weights.Length];
        for (var i = 0; i < Draws; i++) counts[draw.Next()]++;

        AssertFit(counts, weights);
    }

    [Theory]
    [MemberData(nameof(Weights))]
    public void Another_one_is_drawn_by_weight_among_the_rest(int[] weights)
    {
        foreach (var first in (int[])[0, weights.Length / 2, weights.Length - 1])
        {
            var draw = Of(weights);
            var counts = new int[weights.Length];
            for (var i = 0; i < Draws; i++) counts[draw.NextOtherThan(first)]++;

            Assert.Equal(0, counts[first]);
            AssertFit(counts, [.. weights.Select((weight, i) => i == first ? 0 : weight)]);
        }
    }

    [Fact]
    public void Weights_that_changed_count_from_the_next_draw_on()
    {
        var test = new PickerTest("random", 3);
        var draw = new WeightedDraw(new LoopRandom(1));
        foreach (var weights in (int[][])[[100, 100, 100], [1, 98, 1], [98, 1, 1], [100, 100, 100]])
        {
            test.Ramp(weights);
            draw.Follow(test.Eligible);
            var counts = new int[3];
            for (var i = 0; i < Draws; i++) counts[draw.Next()]++;

            AssertFit(counts, weights);
        }
    }

    private static WeightedDraw Of(int[] weights)
    {
        var test = new PickerTest("random", weights.Length);
        test.Ramp(weights);
        var draw = new WeightedDraw(new LoopRandom(1));
        draw.Follow(test.Eligible);
        return draw;
    }

    /// <summary>Each within four standard deviations; the seed is fixed.</summary>
    private static void AssertFit(int[] counts, int[] weights)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            var share = weights[i] / (double)weights.Sum();
            var deviation = Math.Sqrt(Draws * share * (1 - share));
            Assert.InRange(counts[i], (Draws * share) - (4 * deviation) - 1, (Draws * share) + (4 * deviation) + 1);
        }
    }
}
