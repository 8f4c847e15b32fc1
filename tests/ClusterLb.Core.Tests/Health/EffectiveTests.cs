using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;

namespace ClusterLb.Core.Tests.Health;

public class EffectiveTests
{
    [Theory]
    [InlineData(ActiveHealth.Unknown, PassivePhase.Clear, true, EffectiveState.Unknown)]
    [InlineData(ActiveHealth.Unknown, PassivePhase.Trial, true, EffectiveState.Unknown)]
    [InlineData(ActiveHealth.Unknown, PassivePhase.Ejected, true, EffectiveState.Ejected)]
    [InlineData(ActiveHealth.Unknown, PassivePhase.Clear, false, EffectiveState.Unreachable)]
    [InlineData(ActiveHealth.Up, PassivePhase.Clear, true, EffectiveState.Up)]
    [InlineData(ActiveHealth.Up, PassivePhase.Trial, true, EffectiveState.Trial)]
    [InlineData(ActiveHealth.Up, PassivePhase.Ejected, true, EffectiveState.Ejected)]
    [InlineData(ActiveHealth.Up, PassivePhase.Ejected, false, EffectiveState.Ejected)]
    [InlineData(ActiveHealth.Up, PassivePhase.Clear, false, EffectiveState.Unreachable)]
    [InlineData(ActiveHealth.Up, PassivePhase.Trial, false, EffectiveState.Unreachable)]
    [InlineData(ActiveHealth.GoingDown, PassivePhase.Clear, true, EffectiveState.Up)]
    [InlineData(ActiveHealth.GoingDown, PassivePhase.Trial, true, EffectiveState.Trial)]
    [InlineData(ActiveHealth.GoingDown, PassivePhase.Ejected, true, EffectiveState.Ejected)]
    [InlineData(ActiveHealth.Down, PassivePhase.Clear, true, EffectiveState.Down)]
    [InlineData(ActiveHealth.Down, PassivePhase.Ejected, false, EffectiveState.Down)]
    [InlineData(ActiveHealth.GoingUp, PassivePhase.Clear, true, EffectiveState.Down)]
    [InlineData(ActiveHealth.GoingUp, PassivePhase.Trial, true, EffectiveState.Down)]
    public void A_ready_backend_is_what_checks_traffic_and_path_say(ActiveHealth active, PassivePhase passive, bool path,
        EffectiveState expected) =>
        Assert.Equal(expected, Effective.Of(AdminState.Ready, active, passive, path));

    [Theory]
    [InlineData(AdminState.Draining, EffectiveState.Draining)]
    [InlineData(AdminState.Drained, EffectiveState.Drained)]
    [InlineData(AdminState.Maintenance, EffectiveState.Maintenance)]
    public void The_operators_word_comes_before_all_else(AdminState admin, EffectiveState expected)
    {
        foreach (var active in Enum.GetValues<ActiveHealth>())
        {
            foreach (var passive in Enum.GetValues<PassivePhase>())
            {
                Assert.Equal(expected, Effective.Of(admin, active, passive, localPath: true));
                Assert.Equal(expected, Effective.Of(admin, active, passive, localPath: false));
            }
        }
    }
}
