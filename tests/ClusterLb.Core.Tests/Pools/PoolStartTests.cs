using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Tests.Pools;

public class PoolStartTests
{
    [Fact]
    public void Work_waits_for_the_first_answer_of_each_backend()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b", "c"));
        Assert.True(bench.Pool.Eligible.IsStarting);
        bench.Up("b").Pass(0.1).Up("c");
        Assert.True(bench.Pool.Eligible.IsStarting);
        bench.Active(ActiveHealth.Unknown, "a");
        Assert.False(bench.Pool.Eligible.IsStarting);
        Assert.True(bench.Pool.IsAnswered);
        Assert.Equal("b c", bench.Eligible);
    }

    [Fact]
    public void Or_for_the_start_spread_and_then_takes_nobody_for_ill()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b", "c")).Pass(0.9);
        Assert.True(bench.Pool.Eligible.IsStarting);
        Assert.False(bench.Pass(0.1).Pool.Eligible.IsStarting);
        Assert.Equal("a b c", bench.Eligible);
        Assert.False(bench.Pool.IsAnswered);
    }

    [Fact]
    public void The_first_to_pass_does_not_get_everything_and_who_fails_gets_nothing()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b", "c", "d")).Pass(20).Up("b");
        Assert.Equal("a b c d", bench.Eligible);
        Assert.Equal("a b d", bench.Active(ActiveHealth.Unknown, "c").Eligible);
        Assert.Equal("b d", bench.Down("a").Eligible);
        Assert.Equal("b d", bench.Up("d").Eligible);
    }

    [Fact]
    public void Who_is_silent_for_the_start_spread_after_the_first_answer_waits_for_a_verdict()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Pass(20).Up("b").Pass(0.9);
        Assert.Equal("a b", bench.Eligible);
        Assert.Equal("b", bench.Pass(0.1).Eligible);
        Assert.True(bench.Pool.IsAnswered);
        Assert.Equal("b", bench.Active(ActiveHealth.Unknown, "a").Eligible);
    }

    [Fact]
    public void When_all_have_answered_and_none_is_well_nobody_waits_and_nobody_is_condemned()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Active(ActiveHealth.Unknown, "a", "b");
        Assert.False(bench.Pool.Eligible.IsStarting);
        Assert.Equal("a b", bench.Eligible);
        Assert.Equal("b", bench.Up("b").Eligible);
    }

    [Fact]
    public void Nobody_waits_for_what_an_operator_took_away()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b", "c")).Admin("a", AdminState.Maintenance).Weigh("c", 0).Up("b");
        Assert.False(bench.Pool.Eligible.IsStarting);
        Assert.True(bench.Pool.IsAnswered);
        Assert.Equal("b", bench.Eligible);
    }

    [Fact]
    public void Without_checks_or_without_a_spread_nothing_waits()
    {
        Assert.False(new PoolBench(PoolConfigs.Of("a", "b").WithoutChecks()).Pool.Eligible.IsStarting);
        Assert.True(new PoolBench(PoolConfigs.Of("a", "b").WithoutChecks()).Pool.IsAnswered);
        var bench = new PoolBench(WithSpread(0));
        Assert.False(bench.Pool.Eligible.IsStarting);
        Assert.Equal("a b", bench.Eligible);
        Assert.Equal("a", bench.Up("a").Eligible);
    }

    [Fact]
    public void A_pool_of_the_longest_spread_starts_as_soon_as_all_have_answered()
    {
        var bench = new PoolBench(WithSpread(60)).Pass(30);
        Assert.True(bench.Pool.Eligible.IsStarting);
        Assert.False(bench.Up("a", "b").Pool.Eligible.IsStarting);
    }

    [Fact]
    public void Before_anybody_has_passed_a_failed_check_condemns_nobody_and_is_no_panic()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Active(ActiveHealth.Unknown, "a");
        Assert.Equal("a b", bench.Eligible);
        Assert.False(bench.Active(ActiveHealth.Unknown, "b").Pool.FailOpen);
    }

    [Fact]
    public void Once_all_in_service_are_condemned_only_verdicts_count()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Admin("b", AdminState.Maintenance).Down("a").Admin("b", AdminState.Ready);
        Assert.True(bench.Pool.FailOpen);
        Assert.Equal("a b", bench.Eligible);
    }

    [Fact]
    public void The_first_answer_counts_from_when_it_came_though_whoever_gave_it_has_left()
    {
        var (silent, other, spread) = (PoolMembers.One(), PoolMembers.One(), TimeSpan.FromSeconds(1));
        var start = PoolStart.At(0).Next([silent, other], spread, 500);
        Assert.Equal((null, false), (start.AnsweredAt, start.IsAnswered));

        other.Pronounce(ActiveHealth.Unknown, "connect refused");
        start = start.Next([silent, other], spread, 700).Next([silent, other], spread, 900);
        Assert.Equal((700L, false), (start.AnsweredAt, start.IsAnswered));
        start = start.Next([silent], spread, 1_700);
        Assert.Equal((700L, true), (start.AnsweredAt, start.IsAnswered));
    }

    /// <summary>Of a pool that began at 5 s, with a start spread of one second.</summary>
    [Theory]
    [InlineData(true, null, 1, 6_000, 15_000)]
    [InlineData(true, null, 0, 6_000, long.MaxValue)]
    [InlineData(true, null, 1, 15_000, long.MaxValue)]
    [InlineData(false, null, 0, 5_500, 6_000)]
    [InlineData(false, null, 0, 6_200, long.MaxValue)]
    [InlineData(false, 5_400L, 0, 6_200, 6_400)]
    [InlineData(false, 5_400L, 2, 5_500, 6_000)]
    public void Time_changes_something_when_the_spread_or_the_presumption_is_over(
        bool isAnswered, long? answeredAt, int unjudged, long now, long expected)
    {
        var start = new PoolStart(StartPhase.Spreading, 5_000, answeredAt, isAnswered);
        Assert.Equal(expected, start.NextWork(TimeSpan.FromSeconds(1), unjudged, now));
    }

    private static PoolConfig WithSpread(int seconds)
    {
        var config = PoolConfigs.Of("a", "b");
        return config with { Health = config.Health with { StartSpread = TimeSpan.FromSeconds(seconds) } };
    }
}
