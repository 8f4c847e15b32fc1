using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Outcomes;

public sealed class ReasonClassTests
{
    [Theory]
    [InlineData("connect refused", "refused")]
    [InlineData("connection refused", "refused")]
    [InlineData("no route", "unreachable")]
    [InlineData("NetworkUnreachable", "unreachable")]
    [InlineData("timed out after 2s", "timeout")]
    [InlineData("connection reset", "reset")]
    [InlineData("closed without an answer", "closed")]
    [InlineData("status 503", "status")]
    [InlineData("grpc NotServing", "status")]
    [InlineData("grpc status Unimplemented", "status")]
    [InlineData("not HTTP", "protocol")]
    [InlineData("app.internal does not resolve", "unresolved")]
    [InlineData("not checked yet", "not-checked")]
    [InlineData("the operator's cat", "other")]
    [InlineData("", "other")]
    public void A_reason_is_of_a_class(string reason, string kind) => Assert.Equal(kind, ReasonClass.Of(reason));

    [Theory]
    [InlineData("monitor reset-1: connect refused; reached by timeout-2: status 503", "refused")]
    [InlineData("refused alone cannot reach it: timed out after 2s", "timeout")]
    [InlineData("check failed: connect refused x3", "refused")]
    [InlineData("status 503 (no monitor; checked by closed alone)", "status")]
    public void Neither_the_names_of_nodes_count_nor_what_others_found(string reason, string kind) =>
        Assert.Equal(kind, ReasonClass.Of(reason));

    [Fact]
    public void Every_failure_of_real_traffic_has_one()
    {
        foreach (var kind in Enum.GetValues<OutcomeKind>().Except([OutcomeKind.Success, OutcomeKind.Cancelled, OutcomeKind.Cut]))
        {
            foreach (var stage in Enum.GetValues<Stage>())
            {
                var text = OutcomeText.Of(new Outcome(Side.Upstream, stage, kind, Retryability.Never));
                Assert.True(ReasonClass.Of(text) != "other", text);
            }
        }
    }
}
