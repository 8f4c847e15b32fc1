using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class AdminIntentsTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Fact]
    public void Every_change_has_a_higher_version_whatever_the_clock_says()
    {
        var first = Next(null, new DrainBackend("app/b1", TimeSpan.FromSeconds(30)), 0);
        var second = Next(first, new ReadyBackend("app/b1"), -3_600);

        Assert.Equal((AdminState.Draining, AdminState.Ready), (first.State, second.State));
        Assert.True(second.Version > first.Version);
    }

    [Fact]
    public void A_node_is_drained_and_made_ready_and_what_changes_nothing_is_the_same_intent()
    {
        var drained = AdminIntents.OfNode(null, isDrain: true, "lb1", s_now);
        var ready = AdminIntents.OfNode(drained, isDrain: false, "lb1", s_now.AddHours(-1));

        Assert.Equal(("@lb1", AdminState.Draining, "lb1"), (drained.Backend, drained.State, drained.Node));
        Assert.Same(drained, AdminIntents.OfNode(drained, isDrain: true, "lb1", s_now.AddHours(1)));
        Assert.Equal(AdminState.Ready, ready.State);
        Assert.True(AdminIntents.Overrules(ready, drained));
    }

    [Fact]
    public void Of_two_different_words_exactly_one_overrules_the_other()
    {
        var drained = Next(null, new DrainBackend("app/b1", TimeSpan.FromSeconds(30)), 0);
        AdminIntent[] all = [drained, drained with { MovesSessions = true }, drained with { Version = drained.Version + 1 },
            drained with { Node = "lb9" }, drained with { State = AdminState.Maintenance }];

        foreach (var (one, two) in all.SelectMany(one => all.Select(two => (one, two))))
            Assert.Equal(one != two, AdminIntents.Overrules(one, two) ^ AdminIntents.Overrules(two, one));
        Assert.True(AdminIntents.Overrules(all[2], drained));
        Assert.True(AdminIntents.Overrules(drained, null));
    }

    [Fact]
    public void What_changes_nothing_is_the_same_intent()
    {
        var drained = Next(null, new DrainBackend("app/b1", TimeSpan.FromSeconds(30)), 0);

        Assert.Same(drained, Next(drained, new DrainBackend("app/b1", TimeSpan.FromSeconds(30)), 5));
        Assert.Same(drained, Next(drained, new WeighBackend("app/b1", null), 5));
    }

    [Fact]
    public void A_drain_under_way_keeps_the_earlier_deadline()
    {
        var drained = Next(null, new DrainBackend("app/b1", TimeSpan.FromSeconds(30)), 0);

        Assert.Equal(s_now.AddSeconds(12).ToUnixTimeMilliseconds(), Next(drained, new DrainBackend("app/b1", TimeSpan.FromSeconds(2)), 10)
            .DeadlineUtcMilliseconds);
        Assert.Equal(drained.SinceUtcMilliseconds, Next(drained, new DrainBackend("app/b1", TimeSpan.FromSeconds(2)), 10)
            .SinceUtcMilliseconds);
    }

    [Fact]
    public void A_drains_mode_is_all_from_when_somebody_says_so_until_it_is_over()
    {
        var stay = Next(null, new DrainBackend("app/b1", TimeSpan.FromSeconds(30)), 0);
        var move = Next(stay, new DrainBackend("app/b1", TimeSpan.FromSeconds(30)) { MovesSessions = true }, 1);

        Assert.False(stay.MovesSessions);
        Assert.True(move.MovesSessions && move.Version > stay.Version);
        Assert.Same(move, Next(move, new DrainBackend("app/b1", TimeSpan.FromSeconds(30)), 2));
        Assert.False(Next(move, new ReadyBackend("app/b1"), 3).MovesSessions);
        Assert.False(Next(move, new MaintainBackend("app/b1"), 3).MovesSessions);
    }

    [Fact]
    public void A_weight_stays_while_states_change()
    {
        var weighed = Next(null, new WeighBackend("app/b1", 7), 0);

        Assert.Equal((AdminState.Ready, 7), (weighed.State, weighed.Weight));
        Assert.Equal(7, Next(weighed, new MaintainBackend("app/b1"), 1).Weight);
    }

    private static AdminIntent Next(AdminIntent? held, BackendCommand command, int seconds) =>
        AdminIntents.Next(held, command, "lb1", s_now.AddSeconds(seconds));
}
