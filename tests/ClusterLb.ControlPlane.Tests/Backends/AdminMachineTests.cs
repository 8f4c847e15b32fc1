using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class AdminMachineTests
{
    private const long UtcZero = 1_700_000_000_000;

    [Fact]
    public void A_drain_ends_when_nothing_was_in_flight_for_longer_than_a_round()
    {
        var machine = Draining(30_000).Observe(1, 100).Observe(0, 200);
        Assert.Equal(AdminState.Draining, machine.Observe(0, 400).State);
        Assert.Equal(AdminState.Drained, machine.Observe(0, 401).State);
    }

    [Fact]
    public void Work_between_two_looks_starts_the_round_anew()
    {
        var machine = Draining(30_000).Observe(0, 100).Observe(1, 200).Observe(0, 300);

        Assert.Equal(AdminState.Draining, machine.Observe(0, 500).State);
        Assert.Equal(AdminState.Drained, machine.Observe(0, 501).State);
    }

    [Fact]
    public void A_drain_ends_at_its_deadline_whatever_is_in_flight() =>
        Assert.Equal(AdminState.Drained, Draining(1_000).Observe(7, 1_000).State);

    [Fact]
    public void A_drain_heard_of_late_ends_at_the_same_moment() =>
        Assert.Equal(300, AdminMachine.New.Follow(Intent(AdminState.Draining, 1, 1_000), UtcZero + 700, now: 0).DrainDeadline);

    [Fact]
    public void A_new_deadline_does_not_undo_what_is_drained()
    {
        var drained = Draining(1_000).Observe(7, 1_000);

        Assert.Equal(AdminState.Drained, drained.Follow(Intent(AdminState.Draining, 2, 500), UtcZero, 1_001).State);
    }

    [Theory]
    [InlineData(AdminState.Ready)]
    [InlineData(AdminState.Maintenance)]
    public void A_newer_intent_takes_over_and_an_older_one_does_not(AdminState state)
    {
        var machine = Draining(1_000).Follow(Intent(state, 5, 0), UtcZero, 0);

        Assert.Equal(state, machine.State);
        Assert.Same(machine, machine.Follow(Intent(AdminState.Draining, 4, 1_000), UtcZero, 0));
    }

    [Fact]
    public void What_is_not_draining_is_not_observed() => Assert.Same(AdminMachine.New, AdminMachine.New.Observe(0, 1_000_000));

    private static AdminMachine Draining(long timeout) => AdminMachine.New.Follow(Intent(AdminState.Draining, 1, timeout), UtcZero, 0);

    private static AdminIntent Intent(AdminState state, long version, long timeout) =>
        new("app/b1", state, null, UtcZero + timeout, UtcZero, version, "lb1");
}
