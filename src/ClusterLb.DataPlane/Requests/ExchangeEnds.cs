using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Requests;

/// <summary>What the end of a request's or a response's way through says: to the access log, to passive health, to the client.</summary>
internal static class ExchangeEnds
{
    /// <param name="response">How it ended, once it had begun.</param>
    public static (string EndedBy, string Reason) Told(MessageEnd response) => response switch
    {
        MessageEnd.Complete => ("complete", ""),
        MessageEnd.ReceiverGone or MessageEnd.ReceiverTimedOut =>
            ("client", "client left, or broke its request, in the middle of the response"),
        MessageEnd.Cut => ("proxy", "cut at the end of a drain"),
        MessageEnd.SenderTimedOut => ("timeout", "backend fell silent in the middle of the response"),
        _ => ("backend", "backend closed in the middle of the response"),
    };

    /// <param name="response">How it ended, once it had begun.</param>
    /// <param name="isFailureStatus">Its status counts as a failure (<c>passive.status</c>).</param>
    public static Outcome OutcomeOf(MessageEnd response, bool isFailureStatus) => response switch
    {
        MessageEnd.SenderGone or MessageEnd.Malformed =>
            UpstreamFailure.OfExchange(Stage.ResponseBody, IoResult.Reset, gotResponse: true),
        MessageEnd.SenderTimedOut => UpstreamFailure.OfExchange(Stage.ResponseBody, IoResult.TimedOut, gotResponse: true),
        MessageEnd.Cut => UpstreamFailure.Cut(Stage.ResponseBody, gotResponse: true),
        MessageEnd.Complete when isFailureStatus =>
            new Outcome(Side.Upstream, Stage.ResponseHead, OutcomeKind.BadStatus, Retryability.Never),
        MessageEnd.Complete => Outcome.Success,
        _ => UpstreamFailure.Cancelled(Stage.ResponseBody),
    };

    /// <param name="got">Of the reader of a response of which nothing went to the client.</param>
    /// <param name="request">What became of the request.</param>
    /// <param name="sawResponse">A byte of a response had arrived.</param>
    public static Outcome OutcomeOf(int got, MessageEnd request, bool sawResponse) => got switch
    {
        // We gave it up, so that its reader has nothing to say.
        _ when request == MessageEnd.ReceiverTimedOut => UpstreamFailure.OfExchange(Stage.SendRequest, IoResult.TimedOut, sawResponse),
        IUpstream.HeadTooLarge => UpstreamFailure.HeadTooLarge,
        // A head that was well, but its body broke the framing at once.
        IoResult.Ready or IUpstream.ProtocolError => UpstreamFailure.Protocol(Stage.ResponseHead),
        _ => UpstreamFailure.OfExchange(Stage.ResponseHead, got, sawResponse),
    };

    /// <summary>503: nobody there, nor to try (null). 504: too slow. 502: there, but not what it should be.</summary>
    public static int StatusOf(in Outcome? failure) => failure?.Kind switch
    {
        OutcomeKind.TimedOut => 504,
        null or OutcomeKind.Refused or OutcomeKind.Unreachable or OutcomeKind.Exhausted or OutcomeKind.Cut => 503,
        _ => 502,
    };

    /// <summary>The status for a request that its client broke; 0 = it did not.</summary>
    public static int ClientFault(MessageEnd request) => request switch
    {
        MessageEnd.SenderGone or MessageEnd.Malformed => 400,
        MessageEnd.SenderTimedOut => 408,
        MessageEnd.TooLarge => 413,
        MessageEnd.HeadTooLarge => 431,
        _ => 0,
    };
}
