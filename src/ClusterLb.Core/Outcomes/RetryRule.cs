using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Outcomes;

/// <summary>What may be sent a second time. Only ever asked before a response byte went to the client.</summary>
public static class RetryRule
{
    /// <param name="outcome">What became of the last try.</param>
    /// <param name="retry">Which retry this would be, from 1.</param>
    /// <param name="mayRepeat">
    /// It is idempotent by its method (RFC 9110, 9.2.2), and its body is whole in memory, or nothing of it was taken yet.
    /// </param>
    public static bool Allows(RetryConfig config, in Outcome outcome, int retry, bool mayRepeat)
    {
        // What an operator cut is nobody's fault, and may go elsewhere as if its backend had closed.
        var isOfBackend = outcome.Side == Side.Upstream || outcome.Kind == OutcomeKind.Cut;
        if (retry > config.Attempts || !isOfBackend) return false;
        return outcome.Retry switch
        {
            Retryability.Always => config.On.HasFlag(RetryOn.ConnectFailure),
            Retryability.IfIdempotent => mayRepeat && config.On.HasFlag(RetryOn.NoResponse)
                && outcome.Kind is (OutcomeKind.Reset or OutcomeKind.Closed or OutcomeKind.Cut),
            _ => false,
        };
    }
}
