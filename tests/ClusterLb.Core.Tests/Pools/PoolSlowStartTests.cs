using ClusterLb.Core.Backends;

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
    public void After_the_climb_ticks_publish_nothing_more()
    {
        var bench = Running().Down("a").Up("a").Pass(21);
        var eligible = bench.Pool.Eligible;
        Assert.Same(eligible, bench.Pass(30).Pool.Eligible);
    }
}
