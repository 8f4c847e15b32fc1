using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;

namespace ClusterLb.Core.Tests.Pools;

public class PoolSlowStartTests
{
    private static PoolBench Running() => new PoolBench(PoolConfigs.Of("a", "b").WithSlowStart(20)).Up("a", "b");

    [Fact]
    public void A_pool_that_starts_as_a_whole_starts_at_full_weight() => Assert.Equal("a:100 b:100", Running().Weighted);

    [Fact]
    public void Recovery_goes_through_slow_start()
    {
        var bench = Running().Down("a").Up("a");
        Assert.Equal("a:10 b:100", bench.Weighted);
        Assert.Equal("a:25 b:100", bench.Pass(5).Weighted);
        Assert.Equal("a:100 b:100", bench.Pass(15).Weighted);
    }

    [Fact]
    public void Undrain_goes_through_slow_start() =>
        Assert.Equal("a:10 b:100", Running().Admin("a", AdminState.Draining).Admin("a", AdminState.Ready).Weighted);

    [Fact]
    public void A_second_fall_starts_the_climb_anew()
    {
        var bench = Running().Down("a").Up("a").Pass(15).Down("a").Up("a");
        Assert.Equal("a:10 b:100", bench.Weighted);
    }

    [Fact]
    public void A_node_that_joins_in_the_middle_of_a_climb_goes_on_in_the_middle()
    {
        var joining = new PoolBench(PoolConfigs.Of("a", "b").WithSlowStart(20)).UpSince("a", secondsAgo: 5).Up("b");
        Assert.Equal("a:25 b:100", joining.Weighted);
        Assert.Equal("a:50 b:100", joining.Pass(5).Weighted);
        Assert.Equal("a:100 b:100", joining.Pass(10).Weighted);
    }

    [Fact]
    public void A_node_that_joins_after_a_climb_gives_full_weight() =>
        Assert.Equal("a:100 b:100", new PoolBench(PoolConfigs.Of("a", "b").WithSlowStart(20)).UpSince("a", secondsAgo: 20)
            .UpSince("b", secondsAgo: 3_000).Weighted);

    [Fact]
    public void A_node_that_joins_hears_of_an_undrain_too()
    {
        var joining = new PoolBench(PoolConfigs.Of("a", "b").WithSlowStart(20)).Up("a", "b").ReadySince("a", secondsAgo: 5);
        Assert.Equal("a:25 b:100", joining.Weighted);
    }

    [Fact]
    public void A_comeback_just_now_climbs_as_one_that_nobody_dated() =>
        Assert.Equal("a:10 b:100", Running().Down("a").UpSince("a", secondsAgo: 0).Weighted);

    [Fact]
    public void A_node_that_hears_late_of_a_comeback_does_not_start_the_climb_anew()
    {
        Assert.Equal("a:50 b:100", Running().Down("a").UpSince("a", secondsAgo: 10).Weighted);
        Assert.Equal("a:50 b:100", Running().Admin("a", AdminState.Draining).ReadySince("a", secondsAgo: 10).Weighted);
        Assert.Equal("a:100 b:100", Running().Down("a").UpSince("a", secondsAgo: 30).Weighted);
    }

    [Fact]
    public void A_node_that_missed_the_fall_still_climbs_with_the_others() =>
        Assert.Equal("a:25 b:100", Running().UpSince("a", secondsAgo: 5).Weighted);

    [Fact]
    public void The_latest_comeback_counts_in_whatever_order_they_are_heard()
    {
        Assert.Equal("a:25 b:100", Running().Admin("a", AdminState.Draining).Down("a").UpSince("a", secondsAgo: 5)
            .ReadySince("a", secondsAgo: 15).Weighted);
        Assert.Equal("a:25 b:100", Running().Admin("a", AdminState.Draining).Down("a").ReadySince("a", secondsAgo: 5)
            .UpSince("a", secondsAgo: 15).Weighted);
    }

    [Fact]
    public void The_same_word_again_changes_nothing()
    {
        var bench = Running().Down("a").UpSince("a", secondsAgo: 10);
        var eligible = bench.Pool.Eligible;
        Assert.Same(eligible, bench.UpSince("a", secondsAgo: 10).Pool.Eligible);
        Assert.Equal("a:100 b:100", bench.Pass(10).UpSince("a", secondsAgo: 20).Weighted);
    }

    [Fact]
    public void A_recovery_on_this_node_alone_climbs_from_its_own_time()
    {
        var bench = Running().UpSince("a", secondsAgo: 15).Observe("a", PoolBench.Refused).Pass(10);
        Assert.True(bench.Serve("a", Core.Outcomes.Outcome.Success));
        Assert.Equal("a:10 b:100", bench.UpSince("a", secondsAgo: 25).Weighted);
    }

    [Fact]
    public void Only_what_is_up_and_ready_can_have_come_back()
    {
        var (fallen, drained) = (Running(), Running());
        fallen.Pool.SetActive(fallen["a"], ActiveHealth.Down, "checks", fallen.Now, fallen.Now);
        drained.Pool.SetAdmin(drained["a"], AdminState.Draining, "operator", drained.Now, drained.Now);
        Assert.Equal("a:100 b:100", fallen.UpSince("a", secondsAgo: 30).Weighted);
        Assert.Equal("a:100 b:100", drained.ReadySince("a", secondsAgo: 30).Weighted);
    }

    [Fact]
    public void After_the_climb_ticks_publish_nothing_more()
    {
        var bench = Running().Down("a").Up("a").Pass(21);
        var eligible = bench.Pool.Eligible;
        Assert.Same(eligible, bench.Pass(30).Pool.Eligible);
    }
}
