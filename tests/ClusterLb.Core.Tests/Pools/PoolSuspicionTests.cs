using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Pools;

/// <summary>What clients may have provoked (decision 0021).</summary>
public class PoolSuspicionTests
{
    private static PoolBench Up(PoolConfig config)
    {
        var bench = new PoolBench(config);
        bench.Up([.. bench.Pool.Members.Select(backend => backend.Name)]);
        bench.Said.Clear();
        return bench;
    }

    [Fact]
    public void One_client_ejects_nobody_with_what_it_may_have_provoked()
    {
        foreach (var failures in new[] { 1, 3 })
        {
            var config = PoolConfigs.Of("a", "b");
            var bench = Up(config with { Passive = config.Passive with { Failures = failures } });
            foreach (var outcome in PoolBench.Provoked) bench.ObserveBy(7, "a", outcome, times: 100);
            Assert.Equal("a b", bench.Eligible);
        }
    }

    [Fact]
    public void What_is_before_the_first_byte_of_a_client_counts_whoever_sees_it()
    {
        Assert.Equal("b", Up(PoolConfigs.Of("a", "b")).ObserveBy(7, "a", PoolBench.ConnectTimedOut, times: 3).Eligible);
        Assert.Equal("b", Up(PoolConfigs.Of("a", "b")).ObserveBy(7, "a", PoolBench.ConnectTimedOut, times: 2)
            .ObserveBy(7, "a", PoolBench.Reset).Eligible);
        Assert.Equal("b", Up(PoolConfigs.Of("a", "b")).ObserveBy(7, "a", PoolBench.Refused).Eligible);
    }

    [Fact]
    public void Whoever_is_served_refutes_what_others_only_suspect()
    {
        var bench = Up(PoolConfigs.Of("a", "b"));
        for (var i = 0; i < 20; i++) bench.Observe("a", PoolBench.Reset, times: 2).Observe("a", Outcome.Success);
        Assert.Equal("a b", bench.Eligible);
        // A connection that is made serves nobody yet, and refutes nothing that is certain.
        Assert.Equal("b", bench.Observe("a", PoolBench.Reset, times: 2).Observe("a", Outcome.Connected).Observe("a", PoolBench.Reset)
            .Eligible);
        var other = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.ConnectTimedOut, times: 2).Observe("a", PoolBench.Reset);
        Assert.Equal("b", other.Eligible);
    }

    [Fact]
    public void A_trial_fails_when_a_second_client_says_so()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused).Pass(10);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(bench.Serve("a", PoolBench.Reset, client: 7));
            bench.Pass(30);
        }

        Assert.Equal(EffectiveState.Trial, bench["a"].Effective);
        Assert.True(bench.Serve("a", PoolBench.Reset, client: 8));
        Assert.Equal(EffectiveState.Ejected, bench["a"].Effective);
    }

    [Fact]
    public void What_was_said_at_one_trial_does_not_count_at_the_next()
    {
        var bench = Up(PoolConfigs.Of("a", "b")).Observe("a", PoolBench.Refused).Pass(10);
        Assert.True(bench.Serve("a", PoolBench.Reset, client: 7));
        Assert.True(bench.Serve("a", PoolBench.Refused));
        bench.Pass(20);
        Assert.True(bench.Serve("a", PoolBench.Reset, client: 8));
        Assert.Equal(EffectiveState.Trial, bench["a"].Effective);
    }
}
