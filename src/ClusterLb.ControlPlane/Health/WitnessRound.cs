using System.Collections.Immutable;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// A check that failed for the monitor, and what other nodes find when they ask the backend at the same time. A pure value.
/// </summary>
/// <param name="Monitor">The name of the monitor's node.</param>
/// <param name="Own">The monitor's result, a failure.</param>
/// <param name="Awaited">Witnesses that have not answered yet.</param>
/// <param name="Reports">By the witness's node; what nothing was learnt from is left out.</param>
/// <param name="Deadline">Monotonic milliseconds; who has not answered by then does not count.</param>
internal sealed record WitnessRound(string Monitor, CheckResult Own, int Awaited, ImmutableSortedDictionary<string, CheckResult> Reports,
    long Deadline)
{
    public static WitnessRound Open(string monitor, CheckResult own, int witnesses, long deadline) =>
        new(monitor, own, witnesses, ImmutableSortedDictionary<string, CheckResult>.Empty, deadline);

    public bool IsOver(long now) => Awaited <= 0 || now >= Deadline;

    /// <summary>How many nodes found it failing, the monitor included.</summary>
    public int Failures => 1 + Reports.Values.Count(report => !report.Passed);

    /// <summary>Most of the nodes that answered found the same as the monitor.</summary>
    public bool IsConfirmed => Failures * 2 > 1 + Reports.Count;

    public WitnessRound Add(ProbeReport report) => this with
    {
        Awaited = Awaited - 1,
        Reports = report.Result is { } result ? Reports.SetItem(report.Node, result) : Reports,
    };

    /// <summary>
    /// Such as <c>monitor lb1: timed out after 2s; witnesses lb2 lb3: connect refused</c>; of a cluster of one only the result.
    /// </summary>
    public string Evidence()
    {
        if (Reports.Count == 0) return Own.Reason;
        var told = Reports.GroupBy(report => report.Value.Reason, report => report.Key).Select(Told);
        return $"monitor {Monitor}: {Own.Reason}; {string.Join("; ", told)}";
    }

    private static string Told(IGrouping<string, string> nodes) =>
        $"{(nodes.Count() > 1 ? "witnesses" : "witness")} {string.Join(' ', nodes)}: {nodes.Key}";
}
