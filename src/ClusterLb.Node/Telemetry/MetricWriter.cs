using System.Buffers;
using System.Globalization;
using System.Text;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.Node.Telemetry;

/// <summary>
/// Prometheus' text exposition format 0.0.4, which every version of Prometheus reads and stores as it stands. A family is written whole:
/// its HELP and TYPE once, then its series.
/// </summary>
internal sealed class MetricWriter(IBufferWriter<byte> output)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string[] s_bounds =
    [
        .. HistogramSnapshot.BoundsMicroseconds.Select(bound => (bound / 1e6).ToString(CultureInfo.InvariantCulture)), "+Inf",
    ];

    /// <param name="name">Ends in <c>_total</c>, and in the base unit before that.</param>
    public void Counter(string name, string help, params IEnumerable<Sample> samples) => Family(name, "counter", help, samples);

    /// <param name="name">Ends in the base unit, if there is one.</param>
    public void Gauge(string name, string help, params IEnumerable<Sample> samples) => Family(name, "gauge", help, samples);

    /// <param name="name">Ends in <c>_seconds</c>.</param>
    public void Histogram(string name, string help, IEnumerable<HistogramSample> samples)
    {
        Head(name, "histogram", help);
        foreach (var (histogram, labels) in samples)
        {
            var sum = 0L;
            for (var i = 0; i < histogram.Counts.Count; i++)
            {
                sum += histogram.Counts[i];
                Series(name, "_bucket", labels, s_bounds[i], sum);
            }

            Series(name, "_sum", labels, bound: "", histogram.SumMicroseconds / 1e6);
            // Of the cells just read, so that it is what the last bucket says.
            Series(name, "_count", labels, bound: "", sum);
        }
    }

    private void Family(string name, string type, string help, IEnumerable<Sample> samples)
    {
        Head(name, type, help);
        foreach (var sample in samples) Series(name, "", sample.Labels, bound: "", sample.Value);
    }

    private void Head(string name, string type, string help)
    {
        Text("# HELP ");
        Text(name);
        Text(" ");
        Escaped(help, quotes: false);
        Text("\n# TYPE ");
        Text(name);
        Text(" ");
        Text(type);
        Text("\n");
    }

    /// <param name="bound">Of a bucket; empty = it is none.</param>
    private void Series(string name, string suffix, Label[] labels, string bound, double value)
    {
        Text(name);
        Text(suffix);
        var before = "{";
        foreach (var label in labels)
        {
            Pair(before, label.Name, label.Value);
            before = ",";
        }

        if (bound.Length > 0) Pair(before, "le", bound);
        Text(labels.Length > 0 || bound.Length > 0 ? "} " : " ");
        Number(value);
        Text("\n");
    }

    private void Pair(string before, string name, string value)
    {
        Text(before);
        Text(name);
        Text("=\"");
        Escaped(value, quotes: true);
        Text("\"");
    }

    private void Escaped(string text, bool quotes)
    {
        for (var rest = text.AsSpan(); ;)
        {
            var at = quotes ? rest.IndexOfAny('\\', '"', '\n') : rest.IndexOfAny('\\', '\n');
            Text(at < 0 ? rest : rest[..at]);
            if (at < 0) return;
            Text(rest[at] switch { '\n' => "\\n", '"' => "\\\"", _ => "\\\\" });
            rest = rest[(at + 1)..];
        }
    }

    private void Number(double value)
    {
        const int MostBytes = 32;
        if (!double.IsFinite(value))
        {
            Text(double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
            return;
        }

        value.TryFormat(output.GetSpan(MostBytes), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private void Text(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, output);
}
