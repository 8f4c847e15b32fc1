using System.Text.Json;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Report;

namespace ClusterLb.Faults.Tests.Report;

public sealed class ReportTableTests
{
    private static readonly ScenarioReport s_well = ScenarioReport.Of("backend-slow", 7,
        new Judgement(3, 1, new Dictionary<string, int> { ["was with b1 when it died"] = 1 }, 2, []),
        [Served(0, 4), Served(100, 106), Served(200, 208), Served(210, 219) with { Failure = Failure.Broken }], began: 100, ended: 200)
        with
    { DetectMilliseconds = 1_234 };

    [Fact]
    public void Latencies_are_of_what_was_served_by_when_it_was_due() => Assert.Equal(
        (new Percentiles(4, 4, 4), new Percentiles(6, 6, 6), new Percentiles(8, 8, 8)), (s_well.Before, s_well.During, s_well.After));

    [Fact]
    public void A_scenario_is_a_row_and_one_that_was_not_run_says_why()
    {
        var table = ReportTable.Of([s_well, ScenarioReport.Without("partition-whole", 7, "network namespaces need root")]).Split('\n');

        Assert.Equal(3, table.Length);
        Assert.Matches("^backend-slow +3 +1 +1 +2 +1.2 s  4/4/4 +6/6/6 +8/8/8$", table[1]);
        Assert.Matches("^partition-whole +not run: network namespaces need root$", table[2]);
    }

    [Fact]
    public void The_closing_line_counts()
    {
        var failed = s_well with { Violations = ["x"] };

        Assert.Equal("2 passed, 1 failed", ReportTable.Closing([s_well, s_well, failed]));
        Assert.Equal("1 passed, 0 failed, 1 not run", ReportTable.Closing([s_well, ScenarioReport.Without("a", 7, "b")]));
    }

    [Fact]
    public void Violations_are_told_and_many_of_them_counted()
    {
        var details = ReportTable.Details(s_well with { Violations = [.. Enumerable.Range(1, 8).Select(number => $"v{number}")] });

        Assert.Contains("  1 failed: was with b1 when it died", details, StringComparison.Ordinal);
        Assert.Contains("  VIOLATED v5", details, StringComparison.Ordinal);
        Assert.EndsWith("  and 3 more", details, StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_has_every_figure()
    {
        using var json = JsonDocument.Parse(ReportJson.Of([s_well]));
        var report = json.RootElement[0];

        Assert.Equal("backend-slow", report.GetProperty("scenario").GetString());
        Assert.Equal(1_234, report.GetProperty("detect_milliseconds").GetDouble());
        Assert.Equal(6, report.GetProperty("during").GetProperty("p99").GetDouble());
        Assert.True(report.GetProperty("is_passed").GetBoolean());
    }

    private static Request Served(double due, double end) => new("/a", 1, "GET", due, end, "lb1", Failure.None);
}
