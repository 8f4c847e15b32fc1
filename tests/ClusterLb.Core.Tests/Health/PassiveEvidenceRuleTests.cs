using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Health;

public class PassiveEvidenceRuleTests
{
    [Theory]
    [InlineData(Stage.Connect, OutcomeKind.Refused, PassiveEvidence.Refused)]
    [InlineData(Stage.Connect, OutcomeKind.Unreachable, PassiveEvidence.Failure)]
    [InlineData(Stage.Connect, OutcomeKind.TimedOut, PassiveEvidence.Failure)]
    [InlineData(Stage.Connect, OutcomeKind.Reset, PassiveEvidence.Failure)]
    [InlineData(Stage.Connect, OutcomeKind.Closed, PassiveEvidence.Failure)]
    [InlineData(Stage.SendRequest, OutcomeKind.Reset, PassiveEvidence.Suspicion)]
    [InlineData(Stage.SendRequest, OutcomeKind.Closed, PassiveEvidence.Suspicion)]
    [InlineData(Stage.SendRequest, OutcomeKind.TimedOut, PassiveEvidence.Suspicion)]
    [InlineData(Stage.ResponseHead, OutcomeKind.Reset, PassiveEvidence.Suspicion)]
    [InlineData(Stage.ResponseHead, OutcomeKind.Closed, PassiveEvidence.Suspicion)]
    [InlineData(Stage.ResponseHead, OutcomeKind.TimedOut, PassiveEvidence.Suspicion)]
    [InlineData(Stage.ResponseHead, OutcomeKind.Protocol, PassiveEvidence.Suspicion)]
    [InlineData(Stage.ResponseHead, OutcomeKind.BadStatus, PassiveEvidence.Suspicion)]
    [InlineData(Stage.ResponseHead, OutcomeKind.HeadTooLarge, PassiveEvidence.None)]
    [InlineData(Stage.ResponseBody, OutcomeKind.Closed, PassiveEvidence.None)]
    [InlineData(Stage.ResponseBody, OutcomeKind.Reset, PassiveEvidence.Suspicion)]
    [InlineData(Stage.ResponseBody, OutcomeKind.TimedOut, PassiveEvidence.Suspicion)]
    [InlineData(Stage.ResponseBody, OutcomeKind.Cancelled, PassiveEvidence.None)]
    [InlineData(Stage.Tunnel, OutcomeKind.Reset, PassiveEvidence.Suspicion)]
    [InlineData(Stage.Tunnel, OutcomeKind.Closed, PassiveEvidence.None)]
    [InlineData(Stage.Tunnel, OutcomeKind.TimedOut, PassiveEvidence.None)]
    [InlineData(Stage.Connect, OutcomeKind.Success, PassiveEvidence.Reached)]
    [InlineData(Stage.Complete, OutcomeKind.Success, PassiveEvidence.Success)]
    public void The_backend_answers_for_what_it_did(Stage stage, OutcomeKind kind, PassiveEvidence expected) =>
        Assert.Equal(expected, PassiveEvidenceRule.Of(new Outcome(Side.Upstream, stage, kind, Retryability.Never)));

    [Fact]
    public void Nothing_is_certain_once_a_client_was_heard()
    {
        foreach (var kind in Enum.GetValues<OutcomeKind>().Except([OutcomeKind.Success, OutcomeKind.Refused]))
        {
            foreach (var stage in Enum.GetValues<Stage>().Where(stage => stage > Stage.Connect))
            {
                var evidence = PassiveEvidenceRule.Of(new Outcome(Side.Upstream, stage, kind, Retryability.Never));
                Assert.True(evidence is PassiveEvidence.None or PassiveEvidence.Suspicion, $"{kind} at {stage}: {evidence}");
            }
        }
    }

    [Theory]
    [InlineData(Side.None)]
    [InlineData(Side.Downstream)]
    [InlineData(Side.Internal)]
    public void And_never_for_what_others_did(Side side)
    {
        foreach (var kind in Enum.GetValues<OutcomeKind>().Where(kind => kind != OutcomeKind.Success))
        {
            foreach (var stage in Enum.GetValues<Stage>())
            {
                Assert.Equal(PassiveEvidence.None, PassiveEvidenceRule.Of(new Outcome(side, stage, kind, Retryability.Never)));
            }
        }
    }
}
