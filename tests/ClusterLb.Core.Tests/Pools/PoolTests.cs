using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;

namespace ClusterLb.Core.Tests.Pools;

public class PoolTests
{
    [Fact]
    public void A_new_pool_serves_from_its_first_millisecond_and_nobody_panics()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b", "c"));
        Assert.Equal("a b c", bench.Eligible);
        Assert.False(bench.Pool.FailOpen);
        Assert.Equal(EffectiveState.Unknown, bench["a"].Effective);
        Assert.Equal("not checked yet", bench.Pool.ReasonOf(bench["a"]));
        bench.Pass(60);
        Assert.Empty(bench.Said);
    }

    [Fact]
    public void A_failed_check_alone_does_not_end_the_newness_of_the_pool()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b", "c"));
        bench.Down("a");
        Assert.Equal("b c", bench.Eligible);
        Assert.False(bench.Pool.FailOpen);
    }

    [Fact]
    public void A_new_pool_leaves_out_what_an_operator_took_away()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b", "c", "d"));
        bench.Admin("a", AdminState.Maintenance).Admin("b", AdminState.Draining).Admin("c", AdminState.Drained);
        Assert.Equal("d", bench.Eligible);
    }

    [Fact]
    public void Once_all_are_condemned_a_new_pool_fails_open()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b"));
        bench.Down("a", "b");
        Assert.True(bench.Pool.FailOpen);
        Assert.Equal("a b", bench.Eligible);
    }

    [Fact]
    public void Without_checks_everybody_is_up_and_no_verdict_changes_that()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b").WithoutChecks());
        bench.Down("a");
        Assert.Equal("a b", bench.Eligible);
        Assert.Equal(ActiveHealth.Up, bench.Pool.Read(bench["a"]).Active);
        Assert.Equal("not checked", bench.Pool.ReasonOf(bench["a"]));
    }

    [Fact]
    public void Going_down_still_takes_work_and_going_up_does_not_yet()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Up("a", "b");
        var eligible = bench.Pool.Eligible;
        bench.Active(ActiveHealth.GoingDown, "a");
        Assert.Equal("a b", bench.Eligible);
        Assert.Same(eligible, bench.Pool.Eligible);
        bench.Down("a").Active(ActiveHealth.GoingUp, "a");
        Assert.Equal("b", bench.Eligible);
    }

    [Fact]
    public void Transitions_are_said_once_with_their_evidence()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Up("a", "b");
        bench.Said.Clear();
        bench.Down("a").Down("a");
        Assert.Equal(["a Up>Down: checks say Down"], bench.Said);
        Assert.Equal("checks say Down", bench.Pool.ReasonOf(bench["a"]));
    }

    [Fact]
    public void What_was_hidden_behind_maintenance_shows_with_its_own_reason()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Up("a", "b").Down("a");
        bench.Admin("a", AdminState.Maintenance).Admin("a", AdminState.Ready);
        Assert.Equal(EffectiveState.Down, bench["a"].Effective);
        Assert.Equal("checks say Down", bench.Pool.ReasonOf(bench["a"]));
    }

    [Fact]
    public void Since_is_the_time_of_the_last_effective_change_only()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Up("a", "b");
        var up = bench.Now;
        bench.Pass(5).Active(ActiveHealth.GoingDown, "a");
        Assert.Equal(up, bench.Pool.Read(bench["a"]).SinceMilliseconds);
        bench.Down("a");
        Assert.Equal(bench.Now, bench.Pool.Read(bench["a"]).SinceMilliseconds);
    }

    [Fact]
    public void A_backend_that_only_this_node_cannot_reach_is_left_out_here()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Up("a", "b");
        bench.Pool.SetLocalPath(bench["a"], reachable: false, "own probe timed out", bench.Now);
        Assert.Equal("b", bench.Eligible);
        Assert.Equal((EffectiveState.Unreachable, "own probe timed out"), (bench["a"].Effective, bench.Pool.ReasonOf(bench["a"])));
        bench.Pool.SetLocalPath(bench["a"], reachable: true, "own probe passed", bench.Now);
        Assert.Equal("a b", bench.Eligible);
    }

    [Fact]
    public void Weight_zero_takes_no_work_and_counts_for_nothing()
    {
        var bench = new PoolBench(PoolConfigs.WithWeights(0, 2)).Up("b0", "b1");
        Assert.Equal("b1:200", bench.Weighted);
        bench.Down("b1");
        Assert.Equal("b1:200", bench.Weighted);
        Assert.True(bench.Pool.FailOpen);
    }

    [Fact]
    public void A_full_backend_gives_no_lease()
    {
        var config = PoolConfigs.Of("a");
        var bench = new PoolBench(config with { Backends = [PoolConfigs.Backend("a", 9001, maxInFlight: 1)] });
        Assert.True(bench.Pool.TryLease(bench["a"], out var lease));
        Assert.False(bench.Pool.TryLease(bench["a"], out _));
        lease.Return();
        Assert.True(bench.Pool.TryLease(bench["a"], out _));
    }

    [Fact]
    public void A_tick_with_nothing_pending_and_a_success_publish_and_allocate_nothing()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b")).Up("a", "b");
        var (pool, backend, eligible, now) = (bench.Pool, bench["a"], bench.Pool.Eligible, bench.Now);
        Work(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Work(1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Same(eligible, pool.Eligible);

        void Work(int times)
        {
            for (var i = 0; i < times; i++)
            {
                pool.TryLease(backend, out var lease);
                pool.Observe(backend, Core.Outcomes.Outcome.Success, 1, now);
                lease.Return();
                pool.Tick(now + i);
            }
        }
    }

    [Fact]
    public async Task Many_threads_that_fail_and_judge_leave_a_pool_that_agrees_with_itself()
    {
        var bench = new PoolBench(PoolConfigs.Of("a", "b", "c", "d"));
        var pool = bench.Pool;
        bench.Up("a", "b", "c", "d");
        var workers = Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            var backend = pool.Members[worker];
            for (var i = 0; i < 2_000; i++)
            {
                if (pool.TryLease(backend, out var lease))
                {
                    pool.Observe(backend, i % 3 == 0 ? PoolBench.Reset : Core.Outcomes.Outcome.Success, (ulong)i, 1_000_000 + (i * 50));
                    lease.Return();
                }

                pool.SetActive(backend, i % 7 == 0 ? ActiveHealth.Down : ActiveHealth.Up, "checks", 1_000_000 + (i * 50));
                pool.Tick(1_000_000 + (i * 50));
            }
        }));
        await Task.WhenAll(workers);
        foreach (var backend in pool.Members)
        {
            Assert.Equal(0, backend.Load.InFlight);
            var takesWork = backend.Effective is EffectiveState.Up or EffectiveState.Trial;
            Assert.Equal(takesWork || pool.FailOpen, pool.Eligible.Contains(backend));
        }
    }
}
