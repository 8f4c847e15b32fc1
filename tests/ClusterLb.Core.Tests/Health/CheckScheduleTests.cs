using ClusterLb.Core.Health;
using ClusterLb.Core.Numerics;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Health;

public sealed class CheckScheduleTests
{
    [Theory]
    [InlineData(ActiveHealth.Up, 5_000)]
    [InlineData(ActiveHealth.Down, 5_000)]
    [InlineData(ActiveHealth.GoingDown, 1_000)]
    [InlineData(ActiveHealth.GoingUp, 1_000)]
    [InlineData(ActiveHealth.Unknown, 1_000)]
    public void Checks_come_within_a_tenth_of_the_interval_that_the_state_asks_for(ActiveHealth health, double milliseconds)
    {
        var random = new LoopRandom(1);
        var delays = Enumerable.Range(0, 1_000)
            .Select(_ => CheckSchedule.Next(new CheckState(health, 0, 0), Configs.Pool.Health, random).TotalMilliseconds).ToList();

        Assert.All(delays, delay => Assert.InRange(delay, milliseconds * 0.9, milliseconds * 1.1));
        Assert.True(delays.Distinct().Count() > 900);
    }

    [Fact]
    public void A_thousand_backends_do_not_start_in_one_burst()
    {
        var starts = Enumerable.Range(0, 1_000).Select(i => CheckSchedule.First(i, 1_000, Configs.Pool.Health)).ToList();

        Assert.Equal(1_000, starts.Distinct().Count());
        Assert.All(starts, start => Assert.InRange(start, TimeSpan.Zero, Configs.Pool.Health.FastInterval));
    }

    [Theory]
    [InlineData(3, 20)]
    [InlineData(1_000, 500)]
    public void A_new_pool_is_asked_soon_enough_for_its_answers_to_come_within_the_start_spread(int backends, int lastBy)
    {
        var starts = Enumerable.Range(0, backends).Select(i => CheckSchedule.Founding(i, backends, Configs.Pool.Health)).ToList();

        Assert.Equal(backends, starts.Distinct().Count());
        Assert.All(starts, start => Assert.InRange(start.TotalMilliseconds, 0, lastBy));
    }

    [Fact]
    public void However_long_the_start_spread_a_new_pool_is_asked_within_the_fast_interval()
    {
        var config = Configs.Pool.Health with { StartSpread = TimeSpan.FromSeconds(60) };
        Assert.InRange(CheckSchedule.Founding(999, 1_000, config), config.FastInterval / 2, config.FastInterval);
    }
}
