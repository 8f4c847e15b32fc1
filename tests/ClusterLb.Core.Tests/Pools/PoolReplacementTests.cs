using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Pools;

/// <summary>A pool that goes on where the one before it was, as after a reload.</summary>
public class PoolReplacementTests
{
    private static PoolConfig Climbing(params string[] backends) => PoolConfigs.Of(backends).WithSlowStart(20);

    /// <summary>Before all others, as one that is found and comes first by name.</summary>
    private static PoolConfig WithAnother(PoolConfig config) =>
        config with { Backends = [PoolConfigs.Backend("a", 9_000), .. config.Backends] };

    [Fact]
    public void Who_joins_a_pool_that_was_judged_climbs()
    {
        var bench = new PoolBench(Climbing("a", "b")).Up("a", "b");
        bench.Replace(Climbing("a", "b", "c", "d"));
        Assert.Equal("a:100 b:100 c:10 d:10", bench.Up("c", "d").Weighted);
    }

    [Fact]
    public void Who_joins_a_pool_that_nobody_judged_yet_starts_with_it_as_a_whole()
    {
        var bench = new PoolBench(Climbing("a"));
        bench.Replace(Climbing("a", "b"));
        Assert.Equal("a:100 b:100", bench.Up("a", "b").Weighted);
    }

    [Fact]
    public void With_none_of_its_backends_left_a_pool_starts_as_a_whole()
    {
        var bench = new PoolBench(Climbing("a", "b")).Up("a", "b");
        bench.Replace(Climbing("c", "d"));
        Assert.True(bench.Pool.Eligible.IsStarting);
        Assert.Equal("c:100 d:100", bench.Up("c", "d").Weighted);
    }

    [Fact]
    public void What_the_old_pool_hears_counts_by_the_rules_of_the_new_one()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Up("a", "b");
        var old = bench.Replace(PoolConfigs.Of("a", "b"));
        bench.Said.Clear();
        old.Observe(bench["a"], PoolBench.Refused, client: 1, bench.Now);
        Assert.Equal(["a Up>Ejected: connection refused"], bench.Said);

        // The old pool could have spared it, the new one has no other.
        var other = new PoolBench(PoolConfigs.Of("a", "b")).Up("a", "b");
        old = other.Replace(PoolConfigs.Of("a"));
        other.Said.Clear();
        old.Observe(other["a"], PoolBench.Refused, client: 1, other.Now);
        Assert.Equal(EffectiveState.Up, other["a"].Effective);
        Assert.Empty(other.Said);
    }

    [Fact]
    public void What_speaks_against_a_backend_does_so_in_the_new_pool_too_whatever_its_place()
    {
        var bench = new PoolBench(PoolConfigs.Of("b", "c")).Up("b", "c").Observe("b", PoolBench.ConnectTimedOut, times: 2);
        bench.Replace(WithAnother(bench.Pool.Config));
        Assert.Equal(EffectiveState.Ejected, bench.Observe("b", PoolBench.ConnectTimedOut)["b"].Effective);

        // What was only suspected is refuted by whoever is served.
        var other = new PoolBench(PoolConfigs.Of("b", "c")).Up("b", "c").Observe("b", PoolBench.Reset, times: 2);
        other.Replace(WithAnother(other.Pool.Config));
        Assert.Equal(EffectiveState.Up, other.Observe("b", Outcome.Success).Observe("b", PoolBench.Reset)["b"].Effective);
    }

    [Fact]
    public void What_speaks_against_a_backend_by_other_rules_is_forgotten()
    {
        var config = PoolConfigs.Of("b", "c");
        var bench = new PoolBench(config).Up("b", "c").Observe("b", PoolBench.ConnectTimedOut, times: 2);
        bench.Replace(config with { Passive = config.Passive with { Window = TimeSpan.FromSeconds(99) } });
        Assert.Equal(EffectiveState.Up, bench.Observe("b", PoolBench.ConnectTimedOut)["b"].Effective);
    }

    [Fact]
    public void The_first_who_doubts_a_trial_is_remembered_in_the_new_pool()
    {
        var bench = new PoolBench(PoolConfigs.Of("b", "c")).Up("b", "c").Observe("b", PoolBench.Refused).Pass(10);
        Assert.True(bench.Serve("b", PoolBench.Reset, client: 7));
        bench.Replace(WithAnother(bench.Pool.Config));
        Assert.True(bench.Serve("b", PoolBench.Reset, client: 8));
        Assert.Equal(EffectiveState.Ejected, bench["b"].Effective);
    }

    [Fact]
    public void What_the_old_pool_hears_of_a_backend_in_another_place_counts_in_the_new_one()
    {
        var bench = new PoolBench(PoolConfigs.Of("b", "c")).Up("b", "c");
        var b = bench["b"];
        var old = bench.Replace(WithAnother(bench.Pool.Config));
        Assert.NotSame(b, bench["b"]);
        old.Observe(b, PoolBench.Refused, client: 1, bench.Now);
        Assert.Equal(EffectiveState.Ejected, bench["b"].Effective);
        Assert.Equal(EffectiveState.Up, bench["c"].Effective);
    }

    [Fact]
    public void For_the_old_pool_no_time_passes_any_more()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Up("a", "b").Observe("a", PoolBench.Refused);
        var old = bench.Replace(PoolConfigs.Of("a", "b"));
        bench.Said.Clear();

        old.Tick(bench.Now + 10_000);
        Assert.Equal(EffectiveState.Ejected, bench["a"].Effective);
        Assert.Empty(bench.Said);

        bench.Pass(10);
        Assert.Equal(["a Ejected>Trial: ejection over"], bench.Said);
    }
}
