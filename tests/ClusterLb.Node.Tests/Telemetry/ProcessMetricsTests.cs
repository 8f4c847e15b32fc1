using System.Buffers;
using System.Globalization;
using System.Text;
using ClusterLb.Node.Telemetry;

namespace ClusterLb.Node.Tests.Telemetry;

public sealed class ProcessMetricsTests
{
    [Fact]
    public void The_process_is_as_the_kernel_has_it()
    {
        var open = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        var figures = Read();

        Assert.InRange(figures["process_open_fds"], open / 2.0, open * 2.0);
        Assert.True(figures["process_max_fds"] >= figures["process_open_fds"]);
        Assert.InRange(figures["process_resident_memory_bytes"], 1 << 20, 1L << 40);
        Assert.InRange(figures["process_start_time_seconds"], 1, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Assert.True(figures["process_cpu_seconds_total"] > 0);
    }

    [Fact]
    public void A_descriptor_that_is_opened_counts()
    {
        var before = Read()["process_open_fds"];
        var files = Enumerable.Range(0, 200).Select(_ => File.OpenHandle("/dev/null")).ToList();

        var after = Read()["process_open_fds"];

        files.ForEach(file => file.Dispose());
        Assert.InRange(after - before, 100, 300);
    }

    private static Dictionary<string, double> Read()
    {
        var output = new ArrayBufferWriter<byte>();
        new ProcessMetrics().Write(new MetricWriter(output));
        return Encoding.UTF8.GetString(output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .Select(line => (Name: line[..line.IndexOfAny([' ', '{'])], Value: line[(line.LastIndexOf(' ') + 1)..]))
            .ToDictionary(one => one.Name, one => double.Parse(one.Value, CultureInfo.InvariantCulture));
    }
}
