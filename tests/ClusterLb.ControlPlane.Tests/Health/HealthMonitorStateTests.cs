using System.Net;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class HealthMonitorStateTests
{
    private static readonly Core.Configuration.PoolConfig s_pool = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1),
        new IPEndPoint(IPAddress.Loopback, 2));
    private static readonly HealthMonitorState s_new = HealthMonitorState.Resume(HealthSnapshot.None, mark: 1);

    [Fact]
    public void Every_change_is_a_newer_snapshot_and_no_change_is_none()
    {
        var state = Pass(s_new, "app/b1");
        var failing = Fail(state, "app/b1");

        Assert.True(failing.Snapshot.IsNewerThan(state.Snapshot));
        Assert.Same(state, Pass(state, "app/b1"));
    }

    [Fact]
    public void In_a_new_pool_the_first_pass_is_enough_for_all_that_answer_within_the_start_spread_and_later_backends_need_all()
    {
        var state = Pass(s_new, "app/b1");
        Assert.Equal(ActiveHealth.Up, state.StateOf("app/b1", 0).Health);

        Assert.Equal(ActiveHealth.Up, Pass(state, "app/b2", 999).StateOf("app/b2", 0).Health);
        Assert.Equal(ActiveHealth.Unknown, Pass(state, "app/b2", 1_000).StateOf("app/b2", 0).Health);
        Assert.Equal(ActiveHealth.Up, Pass(Pass(state, "app/b2", 1_000), "app/b2", 2_000).StateOf("app/b2", 0).Health);
    }

    [Fact]
    public void A_pool_that_was_ill_for_long_comes_up_by_the_first_pass_and_only_by_that()
    {
        var state = Pass(Fail(Fail(s_new, "app/b1"), "app/b2"), "app/b1", 60_000);
        Assert.Equal(ActiveHealth.Up, state.StateOf("app/b1", 0).Health);
        Assert.Equal(ActiveHealth.Unknown, Pass(state, "app/b2", 60_001).StateOf("app/b2", 0).Health);
    }

    [Fact]
    public void Only_a_pool_of_which_nothing_is_known_is_asked_in_a_hurry()
    {
        var health = s_pool.Health;
        Assert.Equal(CheckSchedule.Founding(1, 2, health), s_new.FirstChecks(s_pool)(1));
        Assert.Equal(CheckSchedule.First(1, 2, health), Pass(s_new, "app/b1").FirstChecks(s_pool)(1));
    }

    [Fact]
    public void A_verdict_names_its_evidence()
    {
        var state = s_new;
        for (var i = 0; i < 3; i++) state = Fail(state, "app/b1");

        Assert.Equal("check failed: connect refused x3", state.Snapshot.Verdicts["app/b1"].Reason);
    }

    [Fact]
    public void Three_nodes_that_fail_at_once_are_three_failures()
    {
        var state = Pass(s_new, "app/b1").Fail("app/b1", 3, "everybody", s_pool, 0);

        Assert.Equal(ActiveHealth.Down, state.StateOf("app/b1", 0).Health);
    }

    [Fact]
    public void Doubt_never_becomes_DOWN_and_one_more_failure_that_is_confirmed_does()
    {
        var state = Pass(s_new, "app/b1");
        for (var i = 0; i < 20; i++) state = state.Doubt("app/b1", "others pass", s_pool, 0);

        Assert.Equal(ActiveHealth.GoingDown, state.StateOf("app/b1", 0).Health);
        Assert.Same(state, state.Doubt("app/b1", "others pass", s_pool, 0));
        Assert.Equal(ActiveHealth.Down, Fail(state, "app/b1").StateOf("app/b1", 0).Health);
    }

    [Fact]
    public void What_is_down_comes_back_by_what_others_reach_with_the_evidence_and_slowly()
    {
        var down = Pass(s_new, "app/b1").Fail("app/b1", 3, "gone", s_pool, 10);

        var half = down.Doubt("app/b1", "monitor lb1: timed out after 2s; witness lb2: status 200", s_pool, 20);
        Assert.Equal(ActiveHealth.GoingUp, half.StateOf("app/b1", 20).Health);
        Assert.Equal(ActiveHealth.Down, half.Fail("app/b1", 2, "gone", s_pool, 25).StateOf("app/b1", 25).Health);

        var back = half.Doubt("app/b1", "monitor lb1: timed out after 2s; witness lb2: status 200", s_pool, 30).Snapshot.Verdicts["app/b1"];
        Assert.Equal((ActiveHealth.Up, 30), (back.State.Health, back.BackSince));
        Assert.Equal("others reach it: monitor lb1: timed out after 2s; witness lb2: status 200", back.Reason);
    }

    [Fact]
    public void What_is_new_comes_up_by_what_others_reach() =>
        Assert.Equal(ActiveHealth.Up, s_new.Doubt("app/b1", "others pass", s_pool, 0).StateOf("app/b1", 0).Health);

    [Fact]
    public void A_comeback_remembers_when_it_was_and_a_first_start_is_none()
    {
        var state = Pass(s_new, "app/b1");
        Assert.Null(state.Snapshot.Verdicts["app/b1"].BackSince);

        state = state.Fail("app/b1", 3, "gone", s_pool, 10);
        state = state.Pass("app/b1", "status 200", s_pool, 20).Pass("app/b1", "status 200", s_pool, 30);
        Assert.Equal(30, state.Snapshot.Verdicts["app/b1"].BackSince);
        Assert.Equal(30, state.Doubt("app/b1", "others pass", s_pool, 40).Snapshot.Verdicts["app/b1"].BackSince);
    }

    [Fact]
    public void A_new_monitor_goes_on_from_the_last_word_in_a_higher_term_of_its_own()
    {
        var old = Pass(s_new, "app/b1");
        var (next, twin) = (HealthMonitorState.Resume(old.Snapshot, 1), HealthMonitorState.Resume(old.Snapshot, 2));

        Assert.Equal(ActiveHealth.Up, next.StateOf("app/b1", 0).Health);
        Assert.True(next.Snapshot.IsNewerThan(Fail(old, "app/b1").Snapshot));
        Assert.NotEqual(next.Snapshot.Term, twin.Snapshot.Term);
    }

    [Fact]
    public void That_nobody_knew_an_address_is_forgotten_once_there_is_one()
    {
        var down = s_new.Fail("app/b1", 3, "name does not resolve: the name does not exist", Named(null), 0);
        Assert.Equal(ActiveHealth.Down, down.StateOf("app/b1", 0).Health);
        Assert.Same(down, down.Follow(new TestMemory(Named(null)).Memory.Tables.Current));

        var resolved = down.Follow(new TestMemory(Named("10.0.0.1")).Memory.Tables.Current);

        Assert.Equal(ActiveHealth.Unknown, resolved.StateOf("app/b1", 0).Health);
        Assert.Empty(resolved.Snapshot.Verdicts);
    }

    [Fact]
    public void What_others_reach_stays_up_when_the_monitor_learns_the_address_too()
    {
        var up = s_new.Doubt("app/b1", "others pass", Named(null), 0);

        Assert.Same(up, up.Follow(new TestMemory(Named("10.0.0.1")).Memory.Tables.Current));
    }

    [Fact]
    public void A_verdict_on_one_address_is_none_on_another_of_the_same_name()
    {
        var up = s_new.Pass("app/b1", "status 200", Named("10.0.0.1"), 0);

        Assert.Same(up, up.Follow(new TestMemory(Named("10.0.0.1")).Memory.Tables.Current));
        Assert.Empty(up.Follow(new TestMemory(Named("10.0.0.2")).Memory.Tables.Current).Snapshot.Verdicts);
    }

    /// <param name="address">Null = the name stands for nobody.</param>
    private static Core.Configuration.PoolConfig Named(string? address)
    {
        var backend = Configs.Backend("b1", new IPEndPoint(address is null ? IPAddress.None : IPAddress.Parse(address), 80)) with
        {
            Address = "app.example.org:80",
            Host = "app.example.org",
            NameProblem = address is null ? "name does not resolve: the name does not exist" : "",
        };
        return s_pool with { Backends = [backend] };
    }

    private static HealthMonitorState Pass(HealthMonitorState state, string backend, long now = 0) =>
        state.Pass(backend, "status 200", s_pool, now);

    private static HealthMonitorState Fail(HealthMonitorState state, string backend) =>
        state.Fail(backend, 1, "connect refused", s_pool, 0);
}
