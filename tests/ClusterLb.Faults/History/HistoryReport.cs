using System.Globalization;

namespace ClusterLb.Faults.History;

/// <summary>What <see cref="SessionChecker"/> found.</summary>
/// <param name="Illegal">Requests that were sent to a stranger.</param>
/// <param name="Crossed">Answers that were another request's.</param>
/// <param name="SecondTimeouts">504s that a client had to wait for though it had one from the same freeze already.</param>
/// <param name="Changes">Of backends, legal or not.</param>
/// <param name="Unserved">Requests that got no backend's answer, but for those that asked for too much.</param>
public sealed record HistoryReport(
    IReadOnlyList<IllegalChange> Illegal, IReadOnlyList<RequestEntry> Crossed, IReadOnlyList<SecondTimeout> SecondTimeouts, int Changes,
        IReadOnlyList<RequestEntry> Unserved)
{
    public override string ToString()
    {
        var unserved = Unserved.GroupBy(entry => entry.Status).OrderBy(group => group.Key)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} x {group.Key}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Illegal.Count} illegal changes of {Changes}, {Crossed.Count} crossed, {SecondTimeouts.Count} second timeouts; not served: "
                + $"{string.Join(", ", unserved)}");
    }
}
