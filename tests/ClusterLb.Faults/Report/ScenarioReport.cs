using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Report;

/// <summary>How a scenario went: a row of the table.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Seed">With which it is run again.</param>
/// <param name="NotRun">Why it was not run; empty = it was.</param>
/// <param name="Requests">Of all clients.</param>
/// <param name="Failed">Without a backend's answer.</param>
/// <param name="Explained">How many of those by the declared fault, by reason.</param>
/// <param name="Moved">Sessions that went from one backend to another.</param>
/// <param name="DetectMilliseconds">Until those who have to know of the fault did; null = nobody has to.</param>
/// <param name="Before">Latency before the fault.</param>
/// <param name="During">While it lasted.</param>
/// <param name="After">When it was undone.</param>
/// <param name="Notes">Figures of the scenario's own.</param>
/// <param name="Violations">One line or a few each.</param>
internal sealed record ScenarioReport(
    string Scenario, int Seed, string NotRun, int Requests, int Failed, IReadOnlyDictionary<string, int> Explained, int Moved,
    double? DetectMilliseconds, Percentiles Before, Percentiles During, Percentiles After, IReadOnlyList<string> Notes,
    IReadOnlyList<string> Violations)
{
    public bool IsPassed => NotRun.Length == 0 && Violations.Count == 0;

    public bool IsFailed => Violations.Count > 0;

    /// <param name="scenario">Its name.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="judgement">Of the ledger.</param>
    /// <param name="requests">That it is of, for their latencies.</param>
    /// <param name="began">When the fault did, on the run's clock.</param>
    /// <param name="ended">When it was undone.</param>
    public static ScenarioReport Of(
        string scenario, int seed, Judgement judgement, IReadOnlyCollection<Request> requests, double began, double ended)
    {
        Percentiles Between(double from, double until) => Percentiles.Of(requests
            .Where(request => request.IsServed && request.Due >= from && request.Due < until).Select(request => request.End - request.Due));
        return new ScenarioReport(scenario, seed, "", judgement.Requests, judgement.Failed, judgement.Explained, judgement.Moved, null,
            Between(double.MinValue, began), Between(began, ended), Between(ended, double.MaxValue), [],
            [.. judgement.Violations.Select(violation => violation.ToString())]);
    }

    public static ScenarioReport Without(string scenario, int seed, string why) =>
        new(scenario, seed, why, 0, 0, new Dictionary<string, int>(), 0, null, new(0, 0, 0), new(0, 0, 0), new(0, 0, 0), [], []);
}
