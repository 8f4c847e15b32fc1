namespace ClusterLb.Faults.Ledger;

/// <summary>What the ledger says of a run.</summary>
/// <param name="Requests">How many.</param>
/// <param name="Failed">How many of them.</param>
/// <param name="Explained">How many of those, by reason.</param>
/// <param name="Moved">Changes of sessions from one backend to another.</param>
/// <param name="Violations">Of promises.</param>
internal sealed record Judgement(
    int Requests, int Failed, IReadOnlyDictionary<string, int> Explained, int Moved, IReadOnlyList<Violation> Violations);
