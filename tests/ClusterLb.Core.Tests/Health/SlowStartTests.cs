using ClusterLb.Core.Health;
using CsCheck;

namespace ClusterLb.Core.Tests.Health;

public class SlowStartTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(1, null, 100)]
    [InlineData(1, 0L, 10)]
    [InlineData(1, 900L, 10)]
    [InlineData(1, 2_500L, 25)]
    [InlineData(4, 2_500L, 100)]
    [InlineData(256, 9_999L, 25_344)]
    [InlineData(256, 10_000L, 25_600)]
    [InlineData(0, 5_000L, 0)]
    public void The_weight_grows_from_a_tenth(int weight, long? elapsed, int expected) =>
        Assert.Equal(expected, SlowStart.Weight(weight, elapsed, Window));

    [Fact]
    public void Without_a_window_all_of_it_comes_at_once() => Assert.Equal(300, SlowStart.Weight(3, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(0, 300)]
    [InlineData(10, 30)]
    public void A_clock_that_lags_behind_the_comeback_sees_its_beginning(int windowSeconds, int expected) =>
        Assert.Equal(expected, SlowStart.Weight(3, -1, TimeSpan.FromSeconds(windowSeconds)));

    [Fact]
    public void It_never_falls_and_stays_between_a_tenth_and_all() =>
        Gen.Select(Gen.Int[1, 256], Gen.Long[0, 20_000], Gen.Long[0, 20_000]).Sample((weight, one, other) =>
        {
            var (early, late) = (SlowStart.Weight(weight, Math.Min(one, other), Window),
                SlowStart.Weight(weight, Math.Max(one, other), Window));
            return early <= late && early >= weight * 10 && late <= weight * 100;
        });
}
