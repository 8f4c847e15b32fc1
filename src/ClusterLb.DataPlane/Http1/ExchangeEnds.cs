using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Http1;

/// <summary>What the end of a request's or a response's way through says: to the access log, to passive health, to the client.</summary>
internal static class ExchangeEnds
{
    public static (string EndedBy, string Reason) Told(ResponseEnd relayed) => relayed switch
    {
        ResponseEnd.Complete => ("complete", ""),
        ResponseEnd.ClientBroke => ("client", "client left, or broke its request, in the middle of the response"),
        ResponseEnd.Cut => ("proxy", "cut at the end of a drain"),
        ResponseEnd.UpstreamTimedOut => ("timeout", "backend fell silent in the middle of the response"),
        _ => ("backend", "backend closed in the middle of the response"),
    };

    /// <param name="relayed">How the response ended.</param>
    /// <param name="isFailureStatus">Its status counts as a failure (<c>passive.status</c>).</param>
    public static Outcome OutcomeOf(ResponseEnd relayed, bool isFailureStatus) => relayed switch
    {
        ResponseEnd.UpstreamBroke => UpstreamFailure.OfExchange(Stage.ResponseBody, IoResult.Reset, gotResponse: true),
        ResponseEnd.UpstreamTimedOut => UpstreamFailure.OfExchange(Stage.ResponseBody, IoResult.TimedOut, gotResponse: true),
        ResponseEnd.Cut => UpstreamFailure.Cut(Stage.ResponseBody, gotResponse: true),
        ResponseEnd.Complete when isFailureStatus =>
            new Outcome(Side.Upstream, Stage.ResponseHead, OutcomeKind.BadStatus, Retryability.Never),
        ResponseEnd.Complete => Outcome.Success,
        _ => UpstreamFailure.Cancelled(Stage.ResponseBody),
    };

    /// <param name="got">Of the reader of a response of which nothing went to the client.</param>
    /// <param name="sawResponse">A byte of a response had arrived.</param>
    public static Outcome OutcomeOf(int got, BodyResult sent, bool sawResponse) => got switch
    {
        // We gave it up, so that its reader has nothing to say.
        _ when sent == BodyResult.UpstreamTimedOut => UpstreamFailure.OfExchange(Stage.SendRequest, IoResult.TimedOut, sawResponse),
        ResponseReader.HeadTooLarge => UpstreamFailure.HeadTooLarge,
        // A head that was well, but its body broke the framing at once.
        IoResult.Ready or ResponseReader.ProtocolError => UpstreamFailure.Protocol(Stage.ResponseHead),
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
    public static int ClientFault(BodyResult sent) => sent switch
    {
        BodyResult.ClientGone or BodyResult.Malformed => 400,
        BodyResult.ClientTimedOut => 408,
        BodyResult.TooLarge => 413,
        BodyResult.HeadTooLarge => 431,
        _ => 0,
    };
}
