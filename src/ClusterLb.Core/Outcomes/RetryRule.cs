using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Outcomes;

/// <summary>Where a request stands when a try of it has failed.</summary>
/// <param name="RetriesSoFar">Tries after the first.</param>
/// <param name="IsIdempotent">Its method is (RFC 9110, 9.2.2).</param>
/// <param name="BodyHeld">Its body is wholly buffered, or there is none, so that it can be sent again.</param>
/// <param name="ResponseStarted">A byte of a response went to the client.</param>
public readonly record struct RetryPosition(int RetriesSoFar, bool IsIdempotent, bool BodyHeld, bool ResponseStarted);

/// <summary>Whether a failed try may be repeated on another backend. Budget, deadline and another backend to go to are the caller's to check.</summary>
public static class RetryRule
{
    public static bool Allows(in Outcome outcome, RetryConfig config, in RetryPosition position)
    {
        if (outcome.IsSuccess || position.ResponseStarted || position.RetriesSoFar >= config.Attempts) return false;
        if ((config.On & Cause(outcome)) == RetryOn.None) return false;
        return outcome.Retry switch
        {
            // Not one byte was written, so a body that is not held is still with the client.
            Retryability.Always => true,
            Retryability.IfIdempotent => position.BodyHeld && position.IsIdempotent,
            _ => false,
        };
    }

    /// <summary>
    /// Which of <c>retry.on</c> an outcome is. A response that is merely late is none: the backend may still be working on it.
    /// </summary>
    private static RetryOn Cause(in Outcome outcome)
    {
        if (outcome.Side != Side.Upstream) return RetryOn.None;
        if (outcome.Stage == Stage.Connect) return RetryOn.ConnectFailure;
        var noResponse = outcome.Stage is Stage.SendRequest or Stage.ResponseHead && outcome.Kind is OutcomeKind.Closed or OutcomeKind.Reset;
        return noResponse ? RetryOn.NoResponse : RetryOn.None;
    }
}
