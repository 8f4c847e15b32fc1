using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Http;

/// <summary>What the end of a request's or a response's way through says: to the access log, to passive health, to the client.</summary>
internal static class RelayEnds
{
    public static (string EndedBy, string Reason) Told(RelayStatus relayed) => relayed switch
    {
        RelayStatus.Complete => ("complete", ""),
        RelayStatus.ClientBroke => ("client", "client left, or broke its request, in the middle of the response"),
        RelayStatus.Cut => ("proxy", "cut at the end of a drain"),
        RelayStatus.UpstreamTimedOut => ("timeout", "backend fell silent in the middle of the response"),
        _ => ("backend", "backend closed in the middle of the response"),
    };

    /// <param name="relayed">How the response ended.</param>
    /// <param name="isFailureStatus">Its status counts as a failure (<c>passive.status</c>).</param>
    public static Outcome OutcomeOf(RelayStatus relayed, bool isFailureStatus) => relayed switch
    {
        RelayStatus.UpstreamBroke => UpstreamFailure.OfExchange(Stage.ResponseBody, IoResult.Reset, gotResponse: true),
        RelayStatus.UpstreamTimedOut => UpstreamFailure.OfExchange(Stage.ResponseBody, IoResult.TimedOut, gotResponse: true),
        RelayStatus.Cut => UpstreamFailure.Cut(Stage.ResponseBody, gotResponse: true),
        RelayStatus.Complete when isFailureStatus => new Outcome(Side.Upstream, Stage.ResponseHead, OutcomeKind.BadStatus, Retryability.Never),
        RelayStatus.Complete => Outcome.Success,
        _ => UpstreamFailure.Cancelled(Stage.ResponseBody),
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
