using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Outcomes;

/// <summary>Operators and their log filters read these texts.</summary>
public class OutcomeTextTests
{
    [Theory]
    [InlineData(OutcomeKind.Success, Stage.Complete, "success")]
    [InlineData(OutcomeKind.Refused, Stage.Connect, "connection refused")]
    [InlineData(OutcomeKind.Unreachable, Stage.Connect, "unreachable")]
    [InlineData(OutcomeKind.Reset, Stage.Connect, "reset at connect")]
    [InlineData(OutcomeKind.Reset, Stage.SendRequest, "reset while sending the request")]
    [InlineData(OutcomeKind.Reset, Stage.ResponseHead, "reset before a response")]
    [InlineData(OutcomeKind.Reset, Stage.ResponseBody, "reset during the response")]
    [InlineData(OutcomeKind.Reset, Stage.Tunnel, "reset before it said a word")]
    [InlineData(OutcomeKind.Closed, Stage.SendRequest, "closed before a response")]
    [InlineData(OutcomeKind.Closed, Stage.ResponseHead, "closed before a response")]
    [InlineData(OutcomeKind.Closed, Stage.ResponseBody, "closed during the response")]
    [InlineData(OutcomeKind.Closed, Stage.Tunnel, "closed during the response")]
    [InlineData(OutcomeKind.TimedOut, Stage.Queue, "timed out in the queue")]
    [InlineData(OutcomeKind.TimedOut, Stage.Connect, "connect timed out")]
    [InlineData(OutcomeKind.TimedOut, Stage.SendRequest, "timed out while sending the request")]
    [InlineData(OutcomeKind.TimedOut, Stage.ResponseHead, "response timed out")]
    [InlineData(OutcomeKind.TimedOut, Stage.ResponseBody, "timed out during the response")]
    [InlineData(OutcomeKind.Protocol, Stage.ResponseHead, "broke the protocol")]
    [InlineData(OutcomeKind.BadStatus, Stage.ResponseHead, "bad status")]
    [InlineData(OutcomeKind.HeadTooLarge, Stage.ResponseHead, "response head too large")]
    [InlineData(OutcomeKind.Exhausted, Stage.Connect, "no descriptor or port left on this node")]
    [InlineData(OutcomeKind.Cut, Stage.ResponseBody, "cut at the end of a drain")]
    [InlineData(OutcomeKind.Cancelled, Stage.ResponseBody, "cancelled")]
    public void What_happened_and_how_far_it_had_come(OutcomeKind kind, Stage stage, string expected) =>
        Assert.Equal(expected, OutcomeText.Of(new Outcome(Side.Upstream, stage, kind, Retryability.Never)));
}
