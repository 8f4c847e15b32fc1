using ClusterLb.Core.Outcomes;

namespace ClusterLb.DataPlane.Http;

/// <summary>What became of one try.</summary>
/// <param name="IsAnswered">The client got a response, or the beginning of one, or is gone: nothing is left to try.</param>
/// <param name="KeepAlive">When answered: the client's connection may carry another request.</param>
/// <param name="Outcome">What it taught about the backend.</param>
/// <param name="Status">When not answered: what to answer if nothing else is tried.</param>
/// <param name="WasStale">It failed on a kept-alive connection before a response byte: its backend may just have closed it.</param>
internal readonly record struct AttemptResult(bool IsAnswered, bool KeepAlive, Outcome Outcome, int Status, bool WasStale)
{
    public static AttemptResult Answered(bool keepAlive) => new(true, keepAlive, Outcome.Success, 0, false);

    public static AttemptResult Failed(Outcome outcome, bool wasStale) => new(false, false, outcome, StatusOf(outcome), wasStale);

    /// <summary>The client broke its own request.</summary>
    public static AttemptResult ClientFault(Outcome outcome, int status) => new(false, false, outcome, status, false);

    /// <summary>503: nobody there. 504: too slow. 502: there, but not what it should be.</summary>
    private static int StatusOf(Outcome outcome) => outcome.Kind switch
    {
        OutcomeKind.TimedOut => 504,
        OutcomeKind.Refused or OutcomeKind.Unreachable or OutcomeKind.Exhausted or OutcomeKind.Cut => 503,
        _ => 502,
    };
}
