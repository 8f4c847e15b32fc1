using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Tests.Upstream;

public sealed class UpstreamFailureTests
{
    [Fact]
    public void A_node_without_descriptors_does_not_blame_its_backends()
    {
        var outcome = UpstreamFailure.OfConnect(IoResult.Exhausted);
        Assert.Equal((Side.Internal, OutcomeKind.Exhausted, Retryability.Never), (outcome.Side, outcome.Kind, outcome.Retry));
        Assert.Equal(PassiveEvidence.None, PassiveEvidenceRule.Of(outcome));
    }

    [Theory]
    [InlineData(IoResult.Refused, OutcomeKind.Refused)]
    [InlineData(IoResult.TimedOut, OutcomeKind.TimedOut)]
    [InlineData(IoResult.Unreachable, OutcomeKind.Unreachable)]
    [InlineData(IoResult.Reset, OutcomeKind.Reset)]
    public void A_connect_that_fails_may_always_be_tried_elsewhere(int status, OutcomeKind kind)
    {
        var outcome = UpstreamFailure.OfConnect(status);
        Assert.Equal((Side.Upstream, Stage.Connect, kind, Retryability.Always), (outcome.Side, outcome.Stage, outcome.Kind, outcome.Retry));
    }

    [Theory]
    [InlineData(Stage.Connect, false, Retryability.Always)]
    [InlineData(Stage.ResponseHead, false, Retryability.IfIdempotent)]
    [InlineData(Stage.ResponseHead, true, Retryability.Never)]
    public void What_an_operator_cut_is_nobodys_fault_and_repeated_by_the_ordinary_rules(Stage stage, bool gotResponse, Retryability retry)
    {
        var outcome = UpstreamFailure.Cut(stage, gotResponse);
        Assert.Equal((Side.Internal, OutcomeKind.Cut, retry), (outcome.Side, outcome.Kind, outcome.Retry));
        Assert.Equal(PassiveEvidence.None, PassiveEvidenceRule.Of(outcome));
    }

    [Theory]
    [InlineData(false, Retryability.IfIdempotent)]
    [InlineData(true, Retryability.Never)]
    public void Once_a_response_began_nothing_is_repeated(bool gotResponse, Retryability retry) =>
        Assert.Equal(retry, UpstreamFailure.OfExchange(Stage.ResponseHead, IoResult.EndOfStream, gotResponse).Retry);
}
