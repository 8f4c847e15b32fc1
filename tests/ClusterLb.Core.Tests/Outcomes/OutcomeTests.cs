using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Outcomes;

public class OutcomeTests
{
    [Theory]
    [InlineData(OutcomeKind.Success, false)]
    [InlineData(OutcomeKind.Refused, true)]
    [InlineData(OutcomeKind.Unreachable, true)]
    [InlineData(OutcomeKind.Reset, true)]
    [InlineData(OutcomeKind.Closed, true)]
    [InlineData(OutcomeKind.TimedOut, true)]
    [InlineData(OutcomeKind.Protocol, true)]
    [InlineData(OutcomeKind.Exhausted, true)]
    [InlineData(OutcomeKind.Cancelled, false)]
    [InlineData(OutcomeKind.Cut, false)]
    public void A_connect_has_failed_when_nobody_called_it_off_and_nothing_else_is_a_failed_connect(OutcomeKind kind, bool expected)
    {
        foreach (var stage in Enum.GetValues<Stage>())
        {
            var outcome = new Outcome(Side.Upstream, stage, kind, Retryability.Never);
            Assert.Equal(expected && stage == Stage.Connect, outcome.IsFailedConnect);
        }
    }
}
