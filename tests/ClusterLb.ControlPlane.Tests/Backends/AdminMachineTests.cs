using ClusterLb.ControlPlane.Backends;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class AdminMachineTests
{
    [Fact]
    public void A_drain_ends_when_nothing_was_in_flight_for_a_round()
    {
        var machine = AdminMachine.New.Drain(30_000, 0).Observe(1, 100).Observe(0, 200);
        Assert.Equal(AdminState.Draining, machine.State);
        Assert.Equal(AdminState.Draining, machine.Observe(0, 399).State);
        Assert.Equal(AdminState.Drained, machine.Observe(0, 400).State);
    }

    [Fact]
    public void Work_between_two_looks_starts_the_round_anew()
    {
        var machine = AdminMachine.New.Drain(30_000, 0).Observe(0, 100).Observe(1, 200).Observe(0, 300);

        Assert.Equal(AdminState.Draining, machine.Observe(0, 499).State);
        Assert.Equal(AdminState.Drained, machine.Observe(0, 500).State);
    }

    [Fact]
    public void A_drain_ends_at_its_deadline_whatever_is_in_flight() =>
        Assert.Equal(AdminState.Drained, AdminMachine.New.Drain(1_000, 0).Observe(7, 1_000).State);

    [Fact]
    public void Draining_twice_keeps_the_earlier_deadline()
    {
        var machine = AdminMachine.New.Drain(1_000, 0).Drain(5_000, 500);

        Assert.Equal(1_000, machine.DrainDeadline);
        Assert.Equal(700, machine.Drain(200, 500).DrainDeadline);
    }

    [Theory]
    [InlineData(AdminState.Draining)]
    [InlineData(AdminState.Drained)]
    [InlineData(AdminState.Maintenance)]
    public void Ready_undoes_everything(AdminState state) => Assert.Equal(AdminMachine.New, new AdminMachine(state, 5, 6).Ready());

    [Fact]
    public void What_is_not_draining_is_not_observed() => Assert.Same(AdminMachine.New, AdminMachine.New.Observe(0, 1_000_000));
}
