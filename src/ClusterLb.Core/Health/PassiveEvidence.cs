using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Health;

/// <summary>What an outcome says about the health of a backend.</summary>
public enum PassiveEvidence
{
    /// <summary>Nothing: the client left, the fault was ours, or a tunnel ended as tunnels do.</summary>
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
    /// Only what the backend itself did counts. A tunnel's end never does: a reset is how many TCP protocols say goodbye,
    /// and an idle timeout there is the policy of this proxy.
    /// </summary>
    public static PassiveEvidence Of(in Outcome outcome)
    {
        if (outcome.IsSuccess) return PassiveEvidence.Success;
        if (outcome.Side != Side.Upstream || outcome.Stage == Stage.Tunnel) return PassiveEvidence.None;
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
