using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterLb.Faults.History;

/// <summary>When a node went by the cluster's word that a backend is down, from what it logged.</summary>
public static partial class VerdictLog
{
    /// <summary>What takes effect and what is written of it are not one moment.</summary>
    private const double Slack = 50;

    /// <param name="log">Of one process of a node.</param>
    /// <param name="clock">The run's.</param>
    /// <param name="end">When the process, or the run, ended.</param>
    public static IEnumerable<Absence> Read(string log, RunClock clock, double end)
    {
        var down = new Dictionary<string, double>();
        foreach (Match change in Changes().Matches(log))
        {
            var at = clock.Of(TimeSpan.Parse(change.Groups["time"].Value, CultureInfo.InvariantCulture));
            var backend = change.Groups["backend"].Value;
            if (change.Groups["to"].Value == "DOWN") down[backend] = at;
            else if (down.Remove(backend, out var from)) yield return new Absence(backend, AbsenceKind.HeldDown, from - Slack, at + Slack);
        }

        foreach (var (backend, from) in down) yield return new Absence(backend, AbsenceKind.HeldDown, from - Slack, end);
    }

    [GeneratedRegex(@"^(?<time>\d\d:\d\d:\d\d\.\d{3}) .*backend \w+/(?<backend>\w+) [A-Z]+ -> (?<to>[A-Z]+):",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Changes();
}
