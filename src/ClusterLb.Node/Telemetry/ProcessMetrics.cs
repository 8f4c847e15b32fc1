using System.Diagnostics;
using System.Globalization;
using System.IO.Enumeration;
using ClusterLb.Node.Lifecycle;

namespace ClusterLb.Node.Telemetry;

/// <summary>The process, under the names that all client libraries of Prometheus use, and what runs in it.</summary>
internal sealed class ProcessMetrics : IMetricSource
{
    private const string Descriptors = "/proc/self/fd";
    private const string Limits = "/proc/self/limits";

    private readonly Label[] _build = [.. BuildLabels()];
    private readonly double _startedAt = StartSeconds();

    public void Write(MetricWriter metrics)
    {
        metrics.Gauge("clusterlb_build_info", "1; its labels say what runs.", new Sample(1, _build));
        metrics.Counter("process_cpu_seconds_total", "CPU time, user and system.",
            new Sample(Environment.CpuUsage.TotalTime.TotalSeconds));
        metrics.Gauge("process_resident_memory_bytes", "Resident memory.", new Sample(Environment.WorkingSet));
        metrics.Gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", new Sample(_startedAt));
        if (Directory.Exists(Descriptors))
            metrics.Gauge("process_open_fds", "Open file descriptors.", new Sample(CountDescriptors()));
        if (ReadDescriptorLimit() is { } limit)
            metrics.Gauge("process_max_fds", "File descriptors that the process may have open.", new Sample(limit));
        metrics.Counter("clusterlb_process_allocated_bytes_total", "Bytes allocated on the managed heap.",
            new Sample(GC.GetTotalAllocatedBytes()));
        metrics.Counter("clusterlb_process_collections_total", "Garbage collections.", new Sample(GC.CollectionCount(0)));
        metrics.Gauge("clusterlb_process_heap_bytes", "Managed heap after the last garbage collection.",
            new Sample(GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes));
    }

    private static IEnumerable<Label> BuildLabels()
    {
        yield return new Label("version", ProductVersion.Text);
        yield return new Label("revision", ProductVersion.Revision);
        yield return new Label("runtime", Environment.Version.ToString());
    }

    private static double StartSeconds()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1e3;
    }

    /// <summary>Without a string for each: a busy node has tens of thousands.</summary>
    private static int CountDescriptors() =>
        new FileSystemEnumerable<byte>(Descriptors, static (ref FileSystemEntry _) => 0).Count() - 1; // The one that reads them.

    /// <summary>Null where there is none to be read; infinite where there is no limit.</summary>
    private static double? ReadDescriptorLimit()
    {
        const string Name = "Max open files";
        if (!File.Exists(Limits)) return null;
        var line = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return double.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit
            : soft is null ? null : double.PositiveInfinity;
    }
}
