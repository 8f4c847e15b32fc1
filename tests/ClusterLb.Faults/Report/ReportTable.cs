using System.Globalization;

namespace ClusterLb.Faults.Report;

/// <summary>Reports as text. Pure.</summary>
internal static class ReportTable
{
    private const int MostViolations = 5;

    /// <summary>Of one violation; JSON has all of them.</summary>
    private const int MostLines = 12;

    private static readonly string[] s_titles =
        ["scenario", "requests", "failed", "explained", "moved", "detect", "before", "during", "after (p50/p99/p99.9 ms)"];

    /// <summary>The table, whose last column is not padded.</summary>
    public static string Of(IReadOnlyList<ScenarioReport> reports)
    {
        string[][] rows = [s_titles, .. reports.Select(Row)];
        // Why a scenario was not run is as long as it likes.
        int WidthOf(int column) => rows.Where(row => row.Length == s_titles.Length || column == 0).Max(row => row[column].Length);
        var widths = Enumerable.Range(0, s_titles.Length).Select(WidthOf).ToArray();
        return string.Join('\n', rows.Select(row =>
            string.Join("  ", row.Select((cell, column) => Pad(cell, column, widths[column]))).TrimEnd()));
    }

    /// <summary>What is to be told of a scenario beside its row: reasons, notes, violations.</summary>
    public static string Details(ScenarioReport report)
    {
        IEnumerable<string> lines =
        [
            .. report.Explained.OrderByDescending(reason => reason.Value)
                .Select(reason => string.Create(CultureInfo.InvariantCulture, $"  {reason.Value} failed: {reason.Key}")),
            .. report.Notes.Select(note => $"  {note}"),
            .. report.Violations.Take(MostViolations).Select(violation =>
                $"  VIOLATED {string.Join("\n    ", violation.Split('\n').Take(MostLines))}"),
        ];
        var more = report.Violations.Count - MostViolations;
        return string.Join('\n', more > 0 ? lines.Append(string.Create(CultureInfo.InvariantCulture, $"  and {more} more")) : lines);
    }

    /// <summary>The line that scripts read.</summary>
    public static string Closing(IReadOnlyList<ScenarioReport> reports)
    {
        var notRun = reports.Count(report => report.NotRun.Length > 0);
        return string.Create(CultureInfo.InvariantCulture,
            $"{reports.Count(report => report.IsPassed)} passed, {reports.Count(report => report.IsFailed)} failed")
            + (notRun > 0 ? string.Create(CultureInfo.InvariantCulture, $", {notRun} not run") : "");
    }

    private static string[] Row(ScenarioReport report) => report.NotRun.Length > 0
        ? [report.Scenario, $"not run: {report.NotRun}"]
        :
        [
            report.Scenario, Number(report.Requests), Number(report.Failed), Number(report.Explained.Values.Sum()), Number(report.Moved),
            report.DetectMilliseconds is { } detect ? string.Create(CultureInfo.InvariantCulture, $"{detect / 1000:F1} s") : "-",
            Latency(report.Before), Latency(report.During), Latency(report.After) + (report.IsFailed ? "  FAILED" : ""),
        ];

    private static string Pad(string cell, int column, int width) => column is 0 or > 5 ? cell.PadRight(width) : cell.PadLeft(width);

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Latency(Percentiles of) => string.Create(CultureInfo.InvariantCulture, $"{of.P50:F0}/{of.P99:F0}/{of.P999:F0}");
}
