using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Health;

/// <summary>What an outcome says about the health of a backend.</summary>
public enum PassiveEvidence
{
    /// <summary>Nothing: the client left, the fault was ours, or something ended as such things do.</summary>
    None,
    Success,

    /// <summary>One of <c>passive.failures</c>.</summary>
    Failure,

    /// <summary>Nobody listens there: enough by itself.</summary>
    Refused,
}

public static class PassiveEvidenceRule
{
    /// <summary>
    /// Only what the backend itself did counts. Of a tunnel only a reset does, which the data plane raises when the backend had not said a
    /// word; a close or an idle timeout is how tunnels end.
    /// </summary>
    public static PassiveEvidence Of(in Outcome outcome)
    {
        if (outcome.IsSuccess) return PassiveEvidence.Success;
        if (outcome.Side != Side.Upstream) return PassiveEvidence.None;
        if (outcome.Stage == Stage.Tunnel) return outcome.Kind == OutcomeKind.Reset ? PassiveEvidence.Failure : PassiveEvidence.None;
        return outcome.Kind switch
        {
            OutcomeKind.Refused => PassiveEvidence.Refused,
            OutcomeKind.Closed => outcome.Stage < Stage.ResponseBody ? PassiveEvidence.Failure : PassiveEvidence.None,
            OutcomeKind.Unreachable or OutcomeKind.Reset or OutcomeKind.TimedOut or OutcomeKind.Protocol or OutcomeKind.BadStatus
                => PassiveEvidence.Failure,
            _ => PassiveEvidence.None,
        };
    }
}
