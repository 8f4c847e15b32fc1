using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>What a failed transfer with a backend means as an outcome.</summary>
internal static class UpstreamFailure
{
    /// <summary>Another backend would not help a node that has no descriptor left, and this one is not to blame.</summary>
    public static Outcome OfConnect(int status) => status == IoResult.Exhausted
        ? new Outcome(Side.Internal, Stage.Connect, OutcomeKind.Exhausted, Retryability.Never)
        : new Outcome(Side.Upstream, Stage.Connect, KindOf(status), Retryability.Always);

    /// <param name="stage">How far the exchange had come.</param>
    /// <param name="status">An <see cref="IoResult"/> that is not Ready.</param>
    /// <param name="gotResponse">Whether a byte of a response had arrived: then it is never repeated.</param>
    public static Outcome OfExchange(Stage stage, int status, bool gotResponse) =>
        new(Side.Upstream, stage, KindOf(status), gotResponse ? Retryability.Never : Retryability.IfIdempotent);

    /// <summary>The bound is ours, and a client can often reach it through a healthy backend.</summary>
    public static Outcome HeadTooLarge => new(Side.Internal, Stage.ResponseHead, OutcomeKind.HeadTooLarge, Retryability.Never);

    public static Outcome Protocol(Stage stage) => new(Side.Upstream, stage, OutcomeKind.Protocol, Retryability.Never);

    /// <summary>The client left or broke its own request: nothing is learnt about the backend.</summary>
    public static Outcome Cancelled(Stage stage) => new(Side.Downstream, stage, OutcomeKind.Cancelled, Retryability.Never);

    /// <summary>A drain's time was up. Nobody is to blame, and what may be repeated may be so elsewhere.</summary>
    public static Outcome Cut(Stage stage, bool gotResponse)
    {
        var retry = gotResponse ? Retryability.Never : stage == Stage.Connect ? Retryability.Always : Retryability.IfIdempotent;
        return new(Side.Internal, stage, OutcomeKind.Cut, retry);
    }

    private static OutcomeKind KindOf(int status) => status switch
    {
        IoResult.EndOfStream => OutcomeKind.Closed,
        IoResult.TimedOut => OutcomeKind.TimedOut,
        IoResult.Refused => OutcomeKind.Refused,
        IoResult.Unreachable => OutcomeKind.Unreachable,
        IoResult.Closed => OutcomeKind.Cancelled,
        _ => OutcomeKind.Reset,
    };
}
