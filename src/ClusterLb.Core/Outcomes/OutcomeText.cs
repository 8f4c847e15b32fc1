namespace ClusterLb.Core.Outcomes;

/// <summary>An outcome in the few words that a log line or a status table has room for.</summary>
public static class OutcomeText
{
    /// <summary>E.g. <c>refused at connect</c>, <c>timed out at response head</c>. A constant string: nothing is allocated.</summary>
    public static string Of(in Outcome outcome) => outcome.Kind switch
    {
        OutcomeKind.Success => "success",
        OutcomeKind.Refused => "connection refused",
        OutcomeKind.Unreachable => "unreachable",
        OutcomeKind.Reset => outcome.Stage switch
        {
            Stage.Connect => "reset at connect",
            Stage.SendRequest => "reset while sending the request",
            Stage.ResponseHead => "reset before a response",
            Stage.Tunnel => "reset before it said a word",
            _ => "reset during the response",
        },
        OutcomeKind.Closed => outcome.Stage < Stage.ResponseBody ? "closed before a response" : "closed during the response",
        OutcomeKind.TimedOut => outcome.Stage switch
        {
            Stage.Queue => "timed out in the queue",
            Stage.Connect => "connect timed out",
            Stage.SendRequest => "timed out while sending the request",
            Stage.ResponseHead => "response timed out",
            _ => "timed out during the response",
        },
        OutcomeKind.Protocol => "broke the protocol",
        OutcomeKind.BadStatus => "bad status",
        OutcomeKind.HeadTooLarge => "response head too large",
        OutcomeKind.Exhausted => "no descriptor or port left on this node",
        OutcomeKind.Cut => "cut at the end of a drain",
        _ => "cancelled",
    };
}
