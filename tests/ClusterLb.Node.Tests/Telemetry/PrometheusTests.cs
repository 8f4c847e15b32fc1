using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClusterLb.Node.Tests.Architecture;

namespace ClusterLb.Node.Tests.Telemetry;

/// <summary>What a real Prometheus makes of a real node's metrics, and what docs, alerts and dashboards ask it.</summary>
public sealed partial class PrometheusTests(ScrapedNode node) : IClassFixture<ScrapedNode>
{
    private static readonly string s_docs = Path.Combine(Repository.Root, "docs", "metrics.md");
    private static readonly string s_deploy = Path.Combine(Repository.Root, "deploy");

    [Fact]
    public async Task Promtool_has_nothing_to_say_about_the_metrics() =>
        Assert.Equal((0, ""), await Tool.RunAsync("promtool", await node.MetricsAsync(), "check", "metrics"));

    [Fact]
    public async Task Prometheus_knows_the_type_of_every_metric_and_stores_nothing_else()
    {
        var written = TypesIn(await node.MetricsAsync());
        var stored = await node.Prometheus.TypesAsync();
        var names = (await node.Prometheus.LabelValuesAsync("__name__"))
            .Where(name => name != "up" && !name.StartsWith("scrape_", StringComparison.Ordinal)).ToList();

        Assert.Equal(Lines(written), Lines(stored));
        Assert.Equal("histogram", stored["clusterlb_request_duration_seconds"]);
        Assert.DoesNotContain(names, name => name.EndsWith("_created", StringComparison.Ordinal) || name == "target_info");
        Assert.All(names, name => Assert.True(
            stored.ContainsKey(name) || (stored.GetValueOrDefault(HistogramSuffix().Replace(name, "")) == "histogram"), name));
        Assert.DoesNotContain("service_name", await node.MetricsAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clusterlb_request_duration_seconds", "app")]
    [InlineData("clusterlb_first_byte_seconds", "narrow")]
    [InlineData("clusterlb_pool_queue_seconds", "narrow")]
    public async Task A_quantile_of_a_histogram_is_a_number_of_seconds(string histogram, string pool)
    {
        var result = await node.Prometheus.EventuallyAsync(
            $"histogram_quantile(0.9, sum by (le) (rate({histogram}_bucket{{pool=\"{pool}\"}}[5m])))",
            result => result.GetArrayLength() > 0 && !double.IsNaN(ValueOf(result[0])));

        Assert.InRange(ValueOf(Assert.Single(result.EnumerateArray())), 1e-6, 30);
    }

    [Fact]
    public async Task What_was_done_to_a_route_is_counted_under_its_name()
    {
        string[] expected =
        [
            "default 2xx", "host=shop.example.com,path-prefix=/bad/,method=GET 5xx", "path-prefix=/dead 5xx", "path-prefix=/narrow 2xx",
        ];

        await node.Prometheus.EventuallyAsync("sum by (route, code) (clusterlb_route_requests_total) > 0",
            result => LabelsIn(result, "route", "code").SequenceEqual(expected));
    }

    [Fact]
    public async Task A_backend_is_in_one_state_and_why_is_a_word()
    {
        string[] expected = ["b0 up ", "gone down refused"];

        await node.Prometheus.EventuallyAsync("clusterlb_backend_state{pool=\"app\"} == 1",
            result => LabelsIn(result, "backend", "state", "reason").SequenceEqual(expected));
    }

    [Fact]
    public async Task Every_query_of_the_docs_has_an_answer()
    {
        var queries = PromqlBlock().Matches(await File.ReadAllTextAsync(s_docs)).Select(block => block.Groups[1].Value).ToList();

        Assert.InRange(queries.Count, 10, 100);
        foreach (var query in queries) await node.Prometheus.EventuallyAsync(query, HasAnswer);
    }

    [Fact]
    public async Task Every_panel_of_the_dashboard_has_an_answer()
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(s_deploy, "grafana", "clusterlb.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();

        Assert.InRange(panels.Count, 8, 100);
        foreach (var target in panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()))
        {
            var query = target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal);
            await node.Prometheus.EventuallyAsync(query, HasAnswer);
        }
    }

    [Fact]
    public async Task The_alerts_are_rules_and_fire_when_they_should()
    {
        var alerts = Path.Combine(s_deploy, "prometheus");

        Assert.Equal(0, (await Tool.RunAsync("promtool", "", "check", "rules", Path.Combine(alerts, "alerts.yml"))).Exit);
        var (exit, said) = await Tool.RunAsync("promtool", "", "test", "rules", Path.Combine(alerts, "alerts_test.yml"));
        Assert.True(exit == 0, said);
    }

    [Fact]
    public async Task Every_metric_that_an_alert_asks_for_is_there()
    {
        var written = TypesIn(await node.MetricsAsync());
        var asked = MetricName().Matches(await File.ReadAllTextAsync(Path.Combine(s_deploy, "prometheus", "alerts.yml")))
            .Select(match => match.Value).ToHashSet();

        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.True(written.ContainsKey(HistogramSuffix().Replace(name, "")) || written.ContainsKey(name), name));
    }

    [Fact]
    public async Task The_docs_list_every_metric_with_its_type_and_no_other()
    {
        var listed = DocsRow().Matches(await File.ReadAllTextAsync(s_docs))
            .ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);

        Assert.Equal(Lines(TypesIn(await node.MetricsAsync())), Lines(listed));
    }

    private static Dictionary<string, string> TypesIn(string metrics) =>
        TypeLine().Matches(metrics).ToDictionary(line => line.Groups[1].Value, line => line.Groups[2].Value);

    private static IEnumerable<string> Lines(Dictionary<string, string> types) =>
        types.Select(one => $"{one.Key} {one.Value}").Order(StringComparer.Ordinal);

    private static bool HasAnswer(JsonElement result) => result.GetArrayLength() > 0;

    /// <summary>Of each series these labels, in one line; one that it does not have is empty.</summary>
    private static IEnumerable<string> LabelsIn(JsonElement result, params string[] labels) => result.EnumerateArray()
        .Select(one => one.GetProperty("metric"))
        .Select(metric => string.Join(' ', labels.Select(label => metric.TryGetProperty(label, out var value) ? value.GetString() : "")))
        .Order(StringComparer.Ordinal);

    private static double ValueOf(JsonElement sample) =>
        double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);

    [GeneratedRegex("^# TYPE (\\S+) (\\S+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramSuffix();

    [GeneratedRegex("```promql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex PromqlBlock();

    [GeneratedRegex("^\\| `([a-z_]+)` \\| (\\w+) \\|", RegexOptions.Multiline)]
    private static partial Regex DocsRow();

    [GeneratedRegex("\\b(clusterlb|process)_[a-z_]+")]
    private static partial Regex MetricName();
}
