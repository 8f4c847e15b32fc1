using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Pools;

public class PoolEjectionTests
{
    private static PoolBench Up(PoolConfig config)
    {
        var bench = new PoolBench(config);
        bench.Up([.. bench.Pool.Members.Select(backend => backend.Name)]);
        bench.Said.Clear();
        return bench;
    }

    [Fact]
    public void A_refused_connection_ejects_at_once()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused);
        Assert.Equal("b", bench.Eligible);
        Assert.Equal(["a Up>Ejected: connection refused"], bench.Said);
    }

    [Fact]
    public void Three_failures_within_the_window_eject()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Reset, times: 2);
        Assert.Equal("a b", bench.Eligible);
        bench.Observe("a", PoolBench.Reset);
        Assert.Equal("b", bench.Eligible);
    }

    [Fact]
    public void Failures_that_are_spread_wider_than_the_window_do_not_eject()
    {
        var bench = Up(PoolConfigs.Of("a", "b"));
        for (var i = 0; i < 20; i++) bench.Observe("a", PoolBench.Reset).Pass(5);
        for (var i = 0; i < 20; i++) bench.Observe("a", PoolBench.ConnectTimedOut).Pass(5);
        Assert.Equal("a b", bench.Eligible);
    }

    [Fact]
    public void With_failures_at_zero_nothing_ejects()
    {
        var config = PoolConfigs.Of("a", "b");
        var bench = Up(config with { Passive = config.Passive with { Failures = 0 } });
        bench.Observe("a", PoolBench.Refused, times: 5).Observe("a", PoolBench.Reset, times: 5);
        Assert.Equal("a b", bench.Eligible);
    }

    [Fact]
    public void The_only_backend_is_never_ejected()
    {
        Assert.Equal("a", Up(PoolConfigs.Of("a")).Observe("a", PoolBench.Refused, times: 10).Eligible);
        var other = Up(PoolConfigs.Of("a", "b")).Admin("b", AdminState.Maintenance);
        Assert.Equal("a", other.Observe("a", PoolBench.Refused, times: 10).Eligible);
    }

    [Fact]
    public void No_more_than_the_given_share_of_the_pool_is_ejected()
    {
        var bench = Up(PoolConfigs.Of("a", "b", "c", "d", "e"));
        foreach (var name in "abcde") bench.Observe($"{name}", PoolBench.Refused);
        Assert.Equal("c d e", bench.Eligible);
    }

    [Fact]
    public void The_share_is_of_those_in_service_and_who_is_out_of_service_takes_none_of_it()
    {
        var bench = Up(PoolConfigs.Of("a", "b", "c", "d")).Admin("c", AdminState.Maintenance).Admin("d", AdminState.Draining);
        Assert.Equal("b", bench.Observe("a", PoolBench.Refused).Observe("b", PoolBench.Refused).Eligible);
        bench = Up(PoolConfigs.Of("a", "b", "c")).Observe("a", PoolBench.Refused).Admin("a", AdminState.Draining);
        Assert.Equal("c", bench.Observe("b", PoolBench.Refused).Eligible);
    }

    [Fact]
    public void Ejections_that_end_at_the_same_moment_are_each_said()
    {
        var bench = Up(PoolConfigs.Of("a", "b", "c", "d")).Observe("a", PoolBench.Refused).Observe("b", PoolBench.Refused);
        bench.Said.Clear();
        Assert.Equal(["a Ejected>Trial: ejection over", "b Ejected>Trial: ejection over"], bench.Pass(10).Said);
    }

    [Fact]
    public void The_ejection_ends_in_a_trial_of_one_request_at_a_time()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused).Pass(9.9);
        Assert.Equal("b", bench.Eligible);
        bench.Pass(0.1);
        Assert.Equal("a:10 b:100", bench.Weighted);
        Assert.True(bench.Pool.TryLease(bench["a"], out _));
        Assert.False(bench.Pool.TryLease(bench["a"], out _));
        Assert.Equal(1, bench["a"].Load.InFlight);
    }

    [Fact]
    public void A_trial_that_succeeds_returns_the_backend_through_slow_start()
    {
        var bench = Up(PoolConfigs.Of("a", "b").WithSlowStart(10)).Observe("a", PoolBench.Refused).Pass(10);
        Assert.True(bench.Serve("a", Outcome.Success));
        Assert.Equal("a:10 b:100", bench.Weighted);
        Assert.Equal("a:50 b:100", bench.Pass(5).Weighted);
        Assert.Equal("a:100 b:100", bench.Pass(5).Weighted);
        Assert.Equal(["a Up>Ejected: connection refused", "a Ejected>Trial: ejection over", "a Trial>Up: trial succeeded"], bench.Said);
    }

    [Fact]
    public void A_trial_that_fails_ejects_for_longer_up_to_the_limit()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused).Pass(10);
        Assert.True(bench.Serve("a", PoolBench.Refused));
        Assert.Equal("b", bench.Pass(19.9).Eligible);
        Assert.Equal("a b", bench.Pass(0.1).Eligible);
        for (var n = 3; n < 40; n++)
        {
            Assert.True(bench.Serve("a", PoolBench.Refused));
            Assert.Equal("b", bench.Pass(Math.Min(n * 10, 300) - 0.1).Eligible);
            Assert.Equal("a b", bench.Pass(0.1).Eligible);
        }
    }

    [Fact]
    public void A_cancelled_trial_only_lets_the_next_one_in()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused).Pass(10);
        Assert.True(bench.Serve("a", PoolBench.Cancelled));
        Assert.Equal(EffectiveState.Trial, bench["a"].Effective);
        Assert.True(bench.Serve("a", Outcome.Success));
        Assert.Equal(EffectiveState.Up, bench["a"].Effective);
    }

    [Fact]
    public void A_trial_whose_request_vanished_lets_the_next_one_in()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused).Pass(10);
        Assert.True(bench.Pool.TryLease(bench["a"], out var lease));
        lease.Return();
        Assert.False(bench.Pool.TryLease(bench["a"], out _));
        bench.Pass(1);
        Assert.True(bench.Pool.TryLease(bench["a"], out _));
    }

    [Fact]
    public void When_all_are_on_trial_a_request_that_vanished_is_noticed_too()
    {
        var config = PoolConfigs.Of("a", "b").WithMinimum(0, 0);
        var bench = Up(config with { Passive = config.Passive with { MaxEjectedPercent = 100 } });
        bench.Observe("a", PoolBench.Refused).Observe("b", PoolBench.Refused).Pass(10);
        Assert.True(bench.Pool.TryLease(bench["a"], out var lease));
        lease.Return();
        Assert.True(bench.Pass(1).Pool.TryLease(bench["a"], out _));
    }

    [Fact]
    public void A_trial_after_one_whose_request_vanished_has_all_of_its_time()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused).Pass(10);
        Assert.True(bench.Pool.TryLease(bench["a"], out var lease));
        lease.Return();
        Assert.True(bench.Pass(25).Pool.TryLease(bench["a"], out _));
        Assert.Equal(EffectiveState.Trial, bench.Pass(30)["a"].Effective);
    }

    [Fact]
    public void A_tunnel_from_before_the_ejection_is_no_trial()
    {
        var bench = Up(PoolConfigs.Of("a", "b"));
        Assert.True(bench.Pool.TryLease(bench["a"], out _));
        Assert.Equal(EffectiveState.Trial, bench.Observe("a", PoolBench.Refused).Pass(100)["a"].Effective);
    }

    [Fact]
    public void Who_is_full_when_its_trial_begins_is_tried_as_soon_as_it_is_not()
    {
        var config = PoolConfigs.Of("a", "b");
        var bench = Up(config with { Backends = [config.Backends[0] with { MaxInFlight = 1 }, config.Backends[1]] });
        Assert.True(bench.Pool.TryLease(bench["a"], out var lease));
        bench.Observe("a", PoolBench.Refused).Pass(10);
        Assert.False(bench.Pool.TryLease(bench["a"], out _));
        lease.Return();
        Assert.True(bench.Pool.TryLease(bench["a"], out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_led_to_the_ejection_does_not_count_once_the_trial_is_over(bool byWord)
    {
        var config = PoolConfigs.Of("a", "b");
        var bench = Up(config with { Passive = config.Passive with { Window = TimeSpan.FromSeconds(300) } });
        bench.Observe("a", PoolBench.ConnectTimedOut, times: 3).Pass(10);
        Assert.True(bench.Pool.TryLease(bench["a"], out _));
        if (byWord) bench.Observe("a", Outcome.Success);
        else bench.Pass(33);
        Assert.Equal(EffectiveState.Up, bench["a"].Effective);

        Assert.Equal("a b", bench.Observe("a", PoolBench.ConnectTimedOut, times: 2).Eligible);
        Assert.Equal("b", bench.Observe("a", PoolBench.ConnectTimedOut).Eligible);
    }

    [Fact]
    public void A_tunnel_on_trial_that_outlives_the_timeouts_has_succeeded()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused).Pass(10);
        Assert.True(bench.Pool.TryLease(bench["a"], out _));
        bench.Pass(31);
        Assert.Equal(EffectiveState.Trial, bench["a"].Effective);
        bench.Pass(2);
        Assert.Equal(("a b", "a Trial>Up: trial outlived its timeouts"), (bench.Eligible, bench.Said[^1]));
    }

    [Fact]
    public void Trials_that_end_one_after_the_other_without_a_word_do_not_add_up_to_a_success()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused).Pass(10);
        Assert.True(bench["a"].TryLease(out _));
        for (var i = 0; i < 30; i++)
        {
            Assert.True(bench.Pool.TryLease(bench["a"], out var lease));
            bench.Pass(3).Observe("a", PoolBench.Cancelled);
            lease.Return();
        }

        Assert.Equal(EffectiveState.Trial, bench["a"].Effective);
    }

    [Fact]
    public void What_ends_during_the_ejection_or_before_the_trial_began_says_nothing()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused);
        bench.Observe("a", Outcome.Success).Observe("a", PoolBench.Refused);
        Assert.Equal(EffectiveState.Ejected, bench["a"].Effective);
        bench.Pass(10).Observe("a", Outcome.Success).Observe("a", PoolBench.Reset);
        Assert.Equal(EffectiveState.Trial, bench["a"].Effective);
    }

    [Fact]
    public void Work_that_belongs_there_is_taken_whatever_real_traffic_has_shown_and_on_trial_its_outcome_counts()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused);
        Assert.True(bench.Pool.TryLeaseBound(bench["a"], out _));
        bench.Observe("a", Outcome.Success);
        Assert.Equal(EffectiveState.Ejected, bench["a"].Effective);

        bench.Pass(10);
        Assert.True(bench.Pool.TryLeaseBound(bench["a"], out _));
        Assert.True(bench.Pool.TryLeaseBound(bench["a"], out _));
        Assert.False(bench.Pool.TryLease(bench["a"], out _));
        bench.Observe("a", Outcome.Success);
        Assert.Equal(EffectiveState.Up, bench["a"].Effective);

        bench.Observe("a", PoolBench.Refused).Pass(20);
        Assert.True(bench.Pool.TryLeaseBound(bench["a"], out _));
        bench.Observe("a", PoolBench.Refused);
        Assert.Equal(EffectiveState.Ejected, bench["a"].Effective);
    }

    [Fact]
    public void Who_is_full_takes_no_work_that_belongs_there_either()
    {
        var bench = Up(PoolConfigs.Of("a",
            "b") with
        { Backends = [PoolConfigs.Of("a").Backends[0] with { MaxInFlight = 1 }, PoolConfigs.Of("b").Backends[0]] });

        Assert.True(bench.Pool.TryLeaseBound(bench["a"], out _));
        Assert.False(bench.Pool.TryLeaseBound(bench["a"], out _));
    }

    [Fact]
    public void What_this_node_sees_for_itself_does_not_change_whom_the_cluster_holds_for_well()
    {
        var bench = Up(PoolConfigs.Of("a", "b", "c")).Observe("a", PoolBench.Refused);
        bench.Pool.SetLocalPath(bench["b"], reachable: false, "test", bench.Now);
        Assert.Equal(("c", "a b c"), (bench.Eligible, Standing(bench)));

        Assert.Equal("a c", Standing(bench.Down("b")));
        Assert.Equal("c", Standing(bench.Admin("a", AdminState.Draining)));
        Assert.Equal("b c", Standing(bench.Up("b")));
        Assert.Equal("b", Standing(bench.Weigh("c", 0)));
    }

    [Fact]
    public void When_nobody_is_well_for_the_cluster_all_that_no_operator_took_away_are_as_good()
    {
        var bench = Up(PoolConfigs.Of("a", "b", "c")).Down("a", "b", "c").Admin("c", AdminState.Maintenance);

        Assert.Equal("a b", Standing(bench));
        Assert.Equal((true, false), (bench.Pool.FailOpen, bench.Pool.Standing.FailOpen));
    }

    [Fact]
    public void An_active_pass_does_not_bring_back_who_fails_real_traffic()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused);
        bench.Active(ActiveHealth.GoingDown, "a").Up("a");
        Assert.Equal("b", bench.Eligible);
    }

    [Fact]
    public void Coming_out_of_maintenance_forgets_the_ejection()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused);
        bench.Admin("a", AdminState.Maintenance).Admin("a", AdminState.Ready);
        Assert.Equal("a b", bench.Eligible);
    }

    [Fact]
    public void And_the_failures_that_were_counted_but_coming_back_from_a_drain_forgets_nothing()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.ConnectTimedOut, times: 2);
        bench.Admin("a", AdminState.Maintenance).Admin("a", AdminState.Ready);
        Assert.Equal("a b", bench.Observe("a", PoolBench.ConnectTimedOut).Eligible);

        bench.Observe("a", PoolBench.Refused).Admin("a", AdminState.Draining).Admin("a", AdminState.Ready);
        Assert.Equal("b", bench.Eligible);
    }

    [Fact]
    public void Failing_open_knows_no_trial_gate_and_any_outcome_ends_the_trial()
    {
        var bench = Up(PoolConfigs.Of("a", "b").WithMinimum(2, 0)).Observe("a", PoolBench.Refused).Pass(10);
        Assert.True(bench.Pool.FailOpen);
        Assert.True(bench.Pool.TryLease(bench["a"], out _));
        Assert.True(bench.Pool.TryLease(bench["a"], out _));
        bench.Observe("a", Outcome.Success);
        Assert.Equal(EffectiveState.Up, bench["a"].Effective);
    }

    private static string Standing(PoolBench bench) => string.Join(' ', bench.Pool.Standing.Candidates.Select(backend => backend.Name));
}
