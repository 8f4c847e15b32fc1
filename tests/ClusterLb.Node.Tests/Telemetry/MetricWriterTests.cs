using System.Buffers;
using System.Text;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.Node.Telemetry;

namespace ClusterLb.Node.Tests.Telemetry;

public sealed class MetricWriterTests
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly MetricWriter _metrics;

    public MetricWriterTests() => _metrics = new MetricWriter(_output);

    private string Written => Encoding.UTF8.GetString(_output.WrittenSpan);

    [Fact]
    public void A_family_is_its_help_its_type_and_its_series_in_order()
    {
        _metrics.Counter("a_total", "What it is.", new Sample(3, new Label("pool", "app"), new Label("code", "200")), new Sample(4));
        _metrics.Gauge("b", "Nothing yet.");

        Assert.Equal(
            """
            # HELP a_total What it is.
            # TYPE a_total counter
            a_total{pool="app",code="200"} 3
            a_total 4
            # HELP b Nothing yet.
            # TYPE b gauge

            """, Written, ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Quotes_backslashes_and_line_ends_cannot_leave_their_label()
    {
        _metrics.Gauge("a", "One \\ two\nthree \"four\".", new Sample(1, new Label("route", "x\"} 9\nb \\ 1 \u00e9\U0001f600")));

        Assert.Equal(
            "# HELP a One \\\\ two\\nthree \"four\".\n# TYPE a gauge\na{route=\"x\\\"} 9\\nb \\\\ 1 \u00e9\U0001f600\"} 1\n", Written);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.25, "0.25")]
    [InlineData(123456789012, "123456789012")]
    [InlineData(9007199254740992, "9007199254740992")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    public void Numbers_are_written_as_Prometheus_reads_them(double value, string text)
    {
        _metrics.Gauge("a", "A.", new Sample(value));

        var written = Written.Split('\n')[2]["a ".Length..];
        Assert.True(written == text || double.Parse(written, System.Globalization.CultureInfo.InvariantCulture) == value, written);
    }

    [Fact]
    public void Buckets_add_up_and_the_last_is_the_count()
    {
        var counts = new long[HistogramSnapshot.BoundsMicroseconds.Count + 1];
        (counts[0], counts[1], counts[^1]) = (2, 3, 1);

        _metrics.Histogram("a_seconds", "A.", [new HistogramSample(new HistogramSnapshot(counts, 1_500_000), new Label("pool", "app"))]);

        var lines = Written.TrimEnd('\n').Split('\n');
        Assert.Equal("# TYPE a_seconds histogram", lines[1]);
        Assert.Equal("a_seconds_bucket{pool=\"app\",le=\"0.0001\"} 2", lines[2]);
        Assert.Equal("a_seconds_bucket{pool=\"app\",le=\"0.00025\"} 5", lines[3]);
        Assert.Equal(
            [
                "a_seconds_bucket{pool=\"app\",le=\"+Inf\"} 6", "a_seconds_sum{pool=\"app\"} 1.5", "a_seconds_count{pool=\"app\"} 6",
            ], lines[^3..]);
        Assert.Equal(2 + counts.Length + 2, lines.Length);
    }
}
