using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Tests.Pools;

public class PoolTierTests
{
    [Fact]
    public void Only_the_lowest_tier_with_one_that_is_well_gets_work()
    {
        var bench = Bench("a:0", "b:0", "c:1", "d:2").Up("a", "b", "c", "d");
        Assert.Equal("a b", bench.Eligible);
        Assert.Equal("b", bench.Down("a").Eligible);
        Assert.Equal("c", bench.Down("b").Eligible);
        Assert.Equal("d", bench.Down("c").Eligible);
        Assert.Equal("c", bench.Up("c").Eligible);
        Assert.Equal("a", bench.Up("a").Eligible);
    }

    [Fact]
    public void Whoever_an_operator_takes_out_of_a_tier_does_not_keep_it_in_work()
    {
        var bench = Bench("a:0", "b:1").Up("a", "b");
        Assert.Equal("b", bench.Admin("a", AdminState.Draining).Eligible);
        Assert.Equal("a", bench.Admin("a", AdminState.Ready).Eligible);
        Assert.Equal("b", bench.Weigh("a", 0).Eligible);
    }

    [Fact]
    public void One_on_trial_is_tried_while_the_next_tier_serves_in_its_place()
    {
        var bench = Bench("a:0", "b:1").Up("a", "b");
        bench.Observe("a", PoolBench.Refused).Pass(10.1);
        Assert.Equal(EffectiveState.Trial, bench["a"].Effective);
        Assert.Equal("a:10 b:100", bench.Weighted);
        Assert.True(bench.Serve("a", Outcome.Success));
        Assert.Equal("a", bench.Eligible);
    }

    [Fact]
    public void A_new_one_of_a_lower_tier_takes_the_work_when_it_has_passed()
    {
        var bench = Bench("b:1").Up("b").Pass(60);
        bench.Replace(Config("b:1", "a:0"));
        Assert.Equal("b", bench.Eligible);
        Assert.Equal("a", bench.Up("a").Eligible);
    }

    [Fact]
    public void When_none_is_well_tiers_say_nothing() => Assert.Equal("a b", Bench("a:0", "b:1").Up("a", "b").Down("a", "b").Eligible);

    [Fact]
    public void Sessions_that_must_leave_go_by_tiers_too()
    {
        var bench = Bench("a:0", "b:1").Up("a", "b");
        Assert.Equal(["a"], bench.Pool.Standing.Candidates.Select(backend => backend.Name));
        bench.Down("a");
        Assert.Equal(["b"], bench.Pool.Standing.Candidates.Select(backend => backend.Name));
    }

    [Fact]
    public void A_pool_of_nobody_has_nobody_and_takes_whoever_comes()
    {
        var bench = Bench();
        Assert.Equal("", bench.Pass(1).Eligible);
        Assert.True(bench.Pool.IsAnswered);
        bench.Replace(Config("a:0"));
        Assert.Equal("a", bench.Eligible);
        bench.Replace(Config());
        Assert.Equal("", bench.Eligible);
    }

    [Fact]
    public void Every_policy_can_do_without_anybody() => Assert.All(Policies.Default.Names, name =>
    {
        var policy = Policies.Default.Get(name);
        var pool = new Pool(Config() with { Balance = name }, 0, policy, new PoolBench(Config()), 0);
        Assert.Null(pool.Pickers.CreatePicker(new LoopRandom(1)).Pick(new PickRequest(pool.Eligible, new Tried(), true, 5, 0)));
        Assert.Empty(pool.Pickers.OrderOf(5, pool.Eligible));
    });

    private static PoolBench Bench(params string[] members) => new(Config(members));

    private static PoolConfig Config(params string[] members)
    {
        var config = PoolConfigs.Of([.. members.Select(member => member.Split(':')[0])]);
        return config with
        {
            Backends = config.Backends.Zip(members, (backend, member) => backend with { Tier = int.Parse(member.Split(':')[1], null) })
                .ToEquatableList(),
        };
    }
}
