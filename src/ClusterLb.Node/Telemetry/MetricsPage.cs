using System.Buffers;

namespace ClusterLb.Node.Telemetry;

/// <summary>
/// What all sources say. It needs no token, so whoever asks often must not cost much: what was written is given to all who ask while it is
/// written and for ten times as long after, at most 1 s. Asking costs a tenth of a core, however many ask. Any thread.
/// </summary>
/// <param name="sources">In the order in which they are shown.</param>
internal sealed class MetricsPage(IReadOnlyList<IMetricSource> sources, TimeProvider time)
{
    private const int RestPerWork = 10;
    private static readonly TimeSpan s_longestRest = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<ReadOnlyMemory<byte>>? _current;

    /// <returns>The page, which stays as it is. It fails when a source does.</returns>
    public Task<ReadOnlyMemory<byte>> ReadAsync()
    {
        lock (_lock) return _current ??= Task.Run(Write);
    }

    private ReadOnlyMemory<byte> Write()
    {
        var began = time.GetTimestamp();
        try
        {
            var page = new ArrayBufferWriter<byte>();
            var metrics = new MetricWriter(page);
            foreach (var source in sources) source.Write(metrics);
            return page.WrittenMemory;
        }
        finally
        {
            _ = ForgetAsync(time.GetElapsedTime(began) * RestPerWork);
        }
    }

    /// <summary>It may be megabytes, which a node that nobody asks again does not keep.</summary>
    private async Task ForgetAsync(TimeSpan rest)
    {
        await Task.Delay(rest < s_longestRest ? rest : s_longestRest, time);
        lock (_lock) _current = null;
    }
}
