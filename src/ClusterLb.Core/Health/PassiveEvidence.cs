using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Health;

/// <summary>What an outcome says about the health of a backend.</summary>
public enum PassiveEvidence
{
    /// <summary>Nothing: the client left, the fault was ours, or something ended as such things do.</summary>
    None,

    /// <summary>A connection was made: enough for a trial, but no proof that it serves.</summary>
    Reached,
    Success,

    /// <summary>
    /// It failed after bytes of the client had reached it, so that the client may have provoked it: counts once per client, until anybody
    /// is served.
    /// </summary>
    Suspicion,

    /// <summary>It failed before a byte of a client reached it: one of <c>passive.failures</c>.</summary>
    Failure,

    /// <summary>Nobody listens there: enough by itself.</summary>
    Refused,
}

public static class PassiveEvidenceRule
{
    /// <summary>
    /// Only what the backend itself did counts, and for certain only what it did before it had heard from the client: a request chooses
    /// what is asked, so it can make a healthy backend slow, close, reset, answer with any status and break the protocol (decision 0021).
    /// Of a tunnel only a reset counts, which the data plane raises when nobody had said a word; a close or an idle timeout is how tunnels
    /// end.
    /// </summary>
    public static PassiveEvidence Of(in Outcome outcome)
    {
        if (outcome.IsSuccess) return outcome.Stage == Stage.Connect ? PassiveEvidence.Reached : PassiveEvidence.Success;
        if (outcome.Side != Side.Upstream) return PassiveEvidence.None;
        return outcome.Kind switch
        {
            OutcomeKind.Refused => PassiveEvidence.Refused,
            OutcomeKind.Unreachable or OutcomeKind.Reset or OutcomeKind.TimedOut or OutcomeKind.Closed
                when outcome.Stage == Stage.Connect => PassiveEvidence.Failure,
            OutcomeKind.Reset => PassiveEvidence.Suspicion,
            OutcomeKind.Closed when outcome.Stage is Stage.SendRequest or Stage.ResponseHead => PassiveEvidence.Suspicion,
            OutcomeKind.TimedOut or OutcomeKind.Protocol or OutcomeKind.BadStatus when outcome.Stage != Stage.Tunnel =>
                PassiveEvidence.Suspicion,
            _ => PassiveEvidence.None,
        };
    }
}
