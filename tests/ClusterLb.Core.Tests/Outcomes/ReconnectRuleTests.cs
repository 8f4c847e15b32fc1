using ClusterLb.Core.Backends;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Outcomes;

public class ReconnectRuleTests
{
    [Theory]
    [InlineData(Stage.Connect, OutcomeKind.Refused, Retryability.Always, EffectiveState.Up, true)]
    [InlineData(Stage.Connect, OutcomeKind.TimedOut, Retryability.Always, EffectiveState.Up, true)]
    [InlineData(Stage.Connect, OutcomeKind.Unreachable, Retryability.Always, EffectiveState.Unknown, true)]
    [InlineData(Stage.Connect, OutcomeKind.Reset, Retryability.Always, EffectiveState.Ejected, true)]
    [InlineData(Stage.Connect, OutcomeKind.Refused, Retryability.Always, EffectiveState.Down, false)]
    [InlineData(Stage.Connect, OutcomeKind.Refused, Retryability.Never, EffectiveState.Up, false)]
    [InlineData(Stage.ResponseHead, OutcomeKind.Reset, Retryability.IfIdempotent, EffectiveState.Up, false)]
    public void Only_a_connection_that_could_not_be_made_is_tried_again_at_the_same_backend(
        Stage stage, OutcomeKind kind, Retryability retry, EffectiveState state, bool expected) =>
        Assert.Equal(expected, ReconnectRule.Allows(new Outcome(Side.Upstream, stage, kind, retry), state));

    [Fact]
    public void What_an_operator_cut_is_not_tried_again_there() =>
        Assert.False(ReconnectRule.Allows(new Outcome(Side.Internal, Stage.Connect, OutcomeKind.Cut, Retryability.Always),
            EffectiveState.Draining));

    [Theory]
    [InlineData(1, 250)]
    [InlineData(2, 1_000)]
    [InlineData(10, 1_000)]
    public void Pauses_grow_to_a_second(int round, int milliseconds) => Assert.Equal(milliseconds, ReconnectRule.PauseMilliseconds(round));
}
