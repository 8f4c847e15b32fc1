using ClusterLb.Core.Backends;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Core.Tests.Sessions;

public sealed class BindingRuleTests
{
    [Theory]
    [InlineData(EffectiveState.Up, BindingFate.Stay, BindingFate.Stay)]
    [InlineData(EffectiveState.Trial, BindingFate.Stay, BindingFate.Stay)]
    [InlineData(EffectiveState.Draining, BindingFate.Stay, BindingFate.Stay)]
    [InlineData(EffectiveState.Unknown, BindingFate.Stay, BindingFate.Stay)]
    [InlineData(EffectiveState.Ejected, BindingFate.Stay, BindingFate.Stay)]
    [InlineData(EffectiveState.Unreachable, BindingFate.Stay, BindingFate.Stay)]
    [InlineData(EffectiveState.Down, BindingFate.Move, BindingFate.Stay)]
    [InlineData(EffectiveState.Drained, BindingFate.Move, BindingFate.Move)]
    [InlineData(EffectiveState.Maintenance, BindingFate.Move, BindingFate.Move)]
    public void A_session_moves_only_on_the_clusters_word(EffectiveState state, BindingFate fate, BindingFate whenFailingOpen)
    {
        Assert.Equal(fate, BindingRule.Of(state, failOpen: false));
        Assert.Equal(whenFailingOpen, BindingRule.Of(state, failOpen: true));
    }

    [Fact]
    public void Every_state_has_a_fate() => Assert.Equal(9, Enum.GetValues<EffectiveState>().Length);
}
