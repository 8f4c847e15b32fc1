using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Health;
using ClusterLb.Testing;
using System.Net;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class HealthMonitorStateTests
{
    private static readonly Core.Configuration.PoolConfig s_pool = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2));
    private static readonly CheckResult s_pass = new(true, "status 200");
    private static readonly CheckResult s_fail = new(false, "connect refused");

    [Fact]
    public void Every_change_is_a_newer_snapshot_and_no_change_is_none()
    {
        var state = HealthMonitorState.Resume(HealthSnapshot.None).Apply("app/b1", s_pass, s_pool, 0);
        var failing = state.Apply("app/b1", s_fail, s_pool, 0);

        Assert.True(failing.Snapshot.IsNewerThan(state.Snapshot));
        Assert.Same(state, state.Apply("app/b1", s_pass, s_pool, 0));
    }

    [Fact]
    public void In_a_new_pool_the_first_pass_is_enough_and_later_backends_need_all()
    {
        var state = HealthMonitorState.Resume(HealthSnapshot.None).Apply("app/b1", s_pass, s_pool, 0);
        Assert.Equal(ActiveHealth.Up, state.StateOf("app/b1", 0).Health);

        Assert.Equal(ActiveHealth.Unknown, state.Apply("app/b2", s_pass, s_pool, 0).StateOf("app/b2", 0).Health);
        Assert.Equal(ActiveHealth.Up, state.Apply("app/b2", s_pass, s_pool, 0).Apply("app/b2", s_pass, s_pool, 0).StateOf("app/b2", 0).Health);
    }

    [Fact]
    public void A_verdict_names_its_evidence()
    {
        var state = HealthMonitorState.Resume(HealthSnapshot.None);
        for (var i = 0; i < 3; i++) state = state.Apply("app/b1", s_fail, s_pool, 0);

        Assert.Equal("check failed: connect refused x3", state.Snapshot.Verdicts["app/b1"].Reason);
    }

    [Fact]
    public void A_new_monitor_goes_on_from_the_last_word_in_a_higher_term()
    {
        var old = HealthMonitorState.Resume(HealthSnapshot.None).Apply("app/b1", s_pass, s_pool, 0);
        var next = HealthMonitorState.Resume(old.Snapshot);

        Assert.Equal(ActiveHealth.Up, next.StateOf("app/b1", 0).Health);
        Assert.True(next.Snapshot.IsNewerThan(old.Apply("app/b1", s_fail, s_pool, 0).Snapshot));
    }
}
