using ClusterLb.Faults.History;

namespace ClusterLb.Faults.Ledger;

/// <summary>Compares what clients saw with what backends wrote down. Pure.</summary>
/// <param name="excuses">What the declared faults may cost.</param>
/// <param name="absences">When backends were gone, for sessions.</param>
internal sealed class RequestLedger(IReadOnlyCollection<Excuse> excuses, IReadOnlyCollection<Absence> absences)
{
    public Judgement Judge(IReadOnlyCollection<Request> requests, IEnumerable<Receipt> receipts)
    {
        var received = receipts.ToLookup(receipt => receipt.Stamp.Id);
        var explained = new Dictionary<string, int>();
        var violations = new List<Violation>();
        foreach (var request in requests)
        {
            var own = received[request.Id].ToList();
            violations.AddRange(request.IsServed ? Answered(request, own) : Failed(request, own, explained));
            violations.AddRange(Repeated(request, own));
        }

        var sessions = new SessionChecker(absences, tellsFrozen: true)
            .Check(requests.Where(request => request.Session is not null).Select(Entry));
        violations.AddRange(sessions.Illegal.Select(change => new Violation(Promise.OnePlace, change.ToString())));
        violations.AddRange(sessions.SecondTimeouts.Select(timeout => new Violation(Promise.OneTimeout, timeout.ToString())));
        return new Judgement(requests.Count, requests.Count(request => !request.IsServed), explained, sessions.Changes, violations);
    }

    private static IEnumerable<Violation> Answered(Request request, List<Receipt> own)
    {
        if (request.Stamp is not { } stamp) return [new Violation(Promise.OwnAnswer, $"{request}: no stamp of a backend")];
        if (stamp.Id != request.Id) return [new Violation(Promise.OwnAnswer, $"{request}: its answer was for {stamp.Id}")];
        if (!request.IsIntact) return [new Violation(Promise.OwnAnswer, $"{request}: its answer has bytes of another one")];
        var count = own.Count(receipt => receipt.Stamp == stamp);
        return count == 1
            ? []
            : [new Violation(Promise.OneReceipt, $"{request}: {count} receipts at {stamp.Backend}, number {stamp.Serial}")];
    }

    private IEnumerable<Violation> Failed(Request request, List<Receipt> own, Dictionary<string, int> explained)
    {
        if (excuses.FirstOrDefault(excuse => excuse.Explains(request, own)) is not { } excuse)
            return [new Violation(Promise.ErrorsAreExplained, $"{request}; received by {Names(own)}")];
        explained[excuse.Why] = explained.GetValueOrDefault(excuse.Why) + 1;
        return [];
    }

    /// <summary>What is idempotent may be received again when its client asked again, or the backend that had it was in trouble.</summary>
    private IEnumerable<Violation> Repeated(Request request, List<Receipt> own)
    {
        if (own.Count <= 1) return [];
        var isLegal = request.IsIdempotent
            && (request.Tries > 1 || own.Any(receipt => receipt.Stamp != request.Stamp && IsDisturbed(request, receipt)));
        return isLegal ? [] : [new Violation(Promise.ReceivedOnce, $"{request}; received by {Names(own)}")];
    }

    private bool IsDisturbed(Request request, Receipt receipt) => excuses.Any(excuse => excuse.Disturbs(request, receipt));

    private static string Names(List<Receipt> receipts) =>
        receipts.Count == 0 ? "nobody" : string.Join(" and ", receipts.Select(receipt => receipt.Stamp.Backend));

    private static RequestEntry Entry(Request request) => new(
        request.Session!.Value, request.Due, request.End, request.Node, request.IsServed ? request.Stamp?.Backend ?? "" : "",
        request.IsServed ? 200 : request.Status);
}
