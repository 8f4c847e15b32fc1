using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Tests.Pools;
using CsCheck;

namespace ClusterLb.Core.Tests.Sessions;

/// <summary>Of a pool with three backends.</summary>
public sealed class HomesTests
{
    private const long Settled = Homes.SettlingMilliseconds;

    private static readonly IReadOnlyList<SessionKey> s_sessions =
        [.. Enumerable.Range(1, 300).Select(i => SessionKey.Of(1, BitConverter.GetBytes(i)))];

    private readonly Pool _pool = NewPool();

    [Fact]
    public void What_a_node_sees_for_itself_and_what_checks_say_moves_no_home()
    {
        var homes = s_sessions.Select(Home).ToList();

        _pool.SetActive(Named("b0"), ActiveHealth.Down, "test", 10);
        _pool.SetLocalPath(Named("b1"), reachable: false, "test", 10);
        _pool.Tick(10 + 2 * Settled);

        Assert.Equal(homes, s_sessions.Select(Home));
        Assert.Equal(3, homes.Distinct().Count());
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("weight")]
    public void Who_takes_no_new_sessions_is_home_for_a_moment_more_and_then_only_its_own_are_at_home_elsewhere(string change)
    {
        var before = s_sessions.ToDictionary(session => session, Home);
        if (change == "drain") _pool.SetAdmin(Named("b1"), AdminState.Draining, "test", 100);
        else _pool.SetWeight(Named("b1"), 0, "test", 100);

        Assert.All(s_sessions, session => Assert.Equal(before[session], Home(session)));
        Assert.All(s_sessions, session =>
            Assert.Equal(before[session] != "b1", _pool.Homes.WillFind(session, Named(before[session]).Key, 100)));
        _pool.Tick(99 + Settled);
        Assert.Contains("b1", s_sessions.Select(Home));

        _pool.Tick(100 + Settled);

        Assert.All(s_sessions, session => Assert.True(before[session] == "b1" ? Home(session) != "b1" : Home(session) == before[session]));
        Assert.Equal(long.MaxValue, _pool.Homes.ChangesAt);
    }

    [Fact]
    public void Whoever_is_gone_is_home_for_no_moment_more()
    {
        _pool.SetAdmin(Named("b1"), AdminState.Maintenance, "test", 100);

        Assert.DoesNotContain("b1", s_sessions.Select(Home));
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("weight")]
    public void A_node_that_hears_of_a_change_later_than_a_moment_after_it_has_nothing_to_settle(string change)
    {
        if (change == "drain") _pool.SetAdmin(Named("b1"), AdminState.Draining, "test", 5_000, sinceMilliseconds: 5_000 - Settled);
        else _pool.SetWeight(Named("b1"), 0, "test", 5_000, sinceMilliseconds: 5_000 - Settled);

        Assert.DoesNotContain("b1", s_sessions.Select(Home));
    }

    [Fact]
    public void A_drain_that_is_taken_back_comes_and_goes_for_those_too_who_hear_of_the_one_after_the_other()
    {
        var before = s_sessions.Select(Home).ToList();
        _pool.SetAdmin(Named("b1"), AdminState.Draining, "test", 100);
        _pool.SetAdmin(Named("b1"), AdminState.Ready, "test", 200, 200);
        Assert.Equal(before, s_sessions.Select(Home));
        Assert.False(_pool.Homes.WillTake(Named("b1")));

        _pool.Tick(100 + Settled);
        Assert.DoesNotContain("b1", s_sessions.Select(Home));
        _pool.Tick(200 + Settled);

        Assert.Equal(before, s_sessions.Select(Home));
        Assert.Equal(long.MaxValue, _pool.Homes.ChangesAt);
    }

    [Fact]
    public void A_session_from_before_a_change_is_to_be_told_after_it_though_another_change_will_bring_it_back()
    {
        var session = s_sessions.First(session => Home(session) == "b1");
        _pool.SetAdmin(Named("b1"), AdminState.Draining, "test", 100, 100);
        _pool.SetAdmin(Named("b1"), AdminState.Ready, "test", 500, 500);

        Assert.False(_pool.Homes.WillFind(session, Named("b1").Key, 100 + Settled));
        _pool.Tick(100 + Settled);
        Assert.False(_pool.Homes.WillFind(session, Named("b1").Key, 100 + Settled));
        Assert.True(_pool.Homes.WillFind(session, Named("b1").Key, 500 + Settled));
    }

    [Fact]
    public void Of_two_changes_the_one_made_first_counts_first_though_it_was_heard_of_last()
    {
        _pool.SetAdmin(Named("b2"), AdminState.Draining, "test", 300, 200);
        _pool.SetAdmin(Named("b1"), AdminState.Draining, "test", 400, 100);

        _pool.Tick(100 + Settled);
        Assert.Equal(["b0", "b2"], s_sessions.Select(Home).Distinct().Order());
        _pool.Tick(200 + Settled);
        Assert.Equal(["b0"], s_sessions.Select(Home).Distinct());
    }

    [Fact]
    public void More_changes_at_a_time_than_are_kept_apart_come_into_force_all_the_same()
    {
        for (var i = 0; i < 50; i++)
            _pool.SetAdmin(Named("b1"), i % 2 == 0 ? AdminState.Draining : AdminState.Ready, "test", 100 + i, 100 + i);
        _pool.SetAdmin(Named("b2"), AdminState.Draining, "test", 150, 150);

        _pool.Tick(150 + Settled);

        Assert.Equal(["b0", "b1"], s_sessions.Select(Home).Distinct().Order());
    }

    [Fact]
    public void An_operators_weight_counts_for_homes_once_it_has_settled_and_moves_sessions_to_its_backend_only()
    {
        var before = s_sessions.ToDictionary(session => session, Home);
        _pool.SetWeight(Named("b1"), 8, "test", 100);
        Assert.All(s_sessions, session => Assert.Equal(before[session], Home(session)));

        _pool.Tick(100 + Settled);
        Assert.All(s_sessions, session => Assert.True(Home(session) == before[session] || Home(session) == "b1"));
        Assert.Equal(0.8, s_sessions.Count(session => Home(session) == "b1") / (double)s_sessions.Count, 0.06);

        _pool.SetWeight(Named("b1"), null, "test", 5_000);
        _pool.Tick(5_000 + Settled);
        Assert.All(s_sessions, session => Assert.Equal(before[session], Home(session)));
    }

    [Fact]
    public void A_slow_start_moves_no_home()
    {
        var slow = new Pool(Config("b0", "b1", "b2").WithSlowStart(20), 0, Policies.Default.Get("p2c"), Silence.Instance, 0);
        foreach (var member in slow.Members) slow.SetActive(member, ActiveHealth.Up, "test", 10);
        slow.SetActive(slow.Members[1], ActiveHealth.Down, "test", 20);
        slow.SetActive(slow.Members[1], ActiveHealth.Up, "test", 30);

        Assert.Equal(10, slow.Eligible.WeightOf(slow.Members[1]));
        Assert.All(s_sessions, session => Assert.Equal(Home(session), slow.Homes.Of(session, 30)!.Name));
        Assert.Equal([1, 1, 1], slow.Standing.Weights);
    }

    [Fact]
    public void Where_nobody_takes_sessions_nobody_is_home()
    {
        foreach (var backend in _pool.Members) _pool.SetAdmin(backend, AdminState.Maintenance, "test", 100);

        Assert.Null(_pool.Homes.Of(s_sessions[0], 0));
        Assert.False(_pool.Homes.WillFind(s_sessions[0], Named("b0").Key, 100));
    }

    /// <summary>
    /// Nodes that heard the same wishes, each at its own time and in its own order, have the same homes once these are settled.
    /// </summary>
    [Fact]
    public void Homes_depend_on_what_the_cluster_agrees_on_and_not_on_when_a_node_heard_of_it() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 900]).Array[1, 8].Sample(wishes =>
        {
            var last = wishes.GroupBy(wish => wish.Item1).Select(group => group.Last()).ToList();
            var (one, other, now) = (NewPool(), NewPool(), 100L);
            foreach (var (backend, state, pause) in wishes)
            {
                one.SetAdmin(one.Members[backend], (AdminState)state, "test", now += pause, now);
                one.Tick(now);
            }

            foreach (var (backend, state, _) in Enumerable.Reverse(last))
                other.SetAdmin(other.Members[backend], (AdminState)state, "test", now, now);
            one.Tick(now + Settled);
            other.Tick(now + Settled);
            Assert.All(s_sessions.Take(50), session => Assert.Equal(one.Homes.Of(session, 0)?.Name, other.Homes.Of(session, 0)?.Name));
        });

    [Fact]
    public void A_pool_that_replaces_another_settles_what_it_changes()
    {
        var before = s_sessions.ToDictionary(session => session, Home);
        var four = new Pool(Config("b0", "b1", "b2", "b3"), 1, Policies.Default.Get("p2c"), Silence.Instance, 100, _pool);

        Assert.All(s_sessions, session => Assert.Equal(before[session], four.Homes.Of(session, 0)!.Name));
        Assert.Contains(s_sessions, session => !four.Homes.WillFind(session, Named(before[session]).Key, 100));
        four.Tick(100 + Settled);
        Assert.Contains(s_sessions, session => four.Homes.Of(session, 0)!.Name == "b3");
    }

    private string Home(SessionKey session) => _pool.Homes.Of(session, 0)!.Name;

    private Backend Named(string name) => _pool.Find(name)!;

    private static PoolConfig Config(params string[] backends) =>
        PoolConfigs.Of(backends) with { Sticky = ClusterLb.Testing.Configs.Sticky with { By = StickyBy.Header, Name = "X-User" } };

    internal static Pool NewPool() => new(Config("b0", "b1", "b2"), 0, Policies.Default.Get("p2c"), Silence.Instance, 0);

    private sealed class Silence : IPoolEvents
    {
        public static readonly Silence Instance = new();

        public void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
        {
        }

        public void FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
        {
        }
    }
}
