using ClusterLb.Node.Telemetry;

namespace ClusterLb.Node.Reload;

/// <summary>How often the configuration was read again, and how the last time ended. Any thread.</summary>
/// <param name="time">The wall clock.</param>
internal sealed class ReloadCounts(TimeProvider time) : IMetricSource
{
    private long _applied;
    private long _unchanged;
    private long _refused;
    private long _inForceSince = time.GetUtcNow().ToUnixTimeMilliseconds();
    private long _succeededAt = time.GetUtcNow().ToUnixTimeMilliseconds();
    private volatile bool _hasFailed;

    /// <summary>Since when what is in force is so: the last reload that changed something, or the start.</summary>
    public DateTimeOffset InForceSince => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref _inForceSince));

    public void Applied()
    {
        Interlocked.Increment(ref _applied);
        Volatile.Write(ref _inForceSince, time.GetUtcNow().ToUnixTimeMilliseconds());
        Succeeded();
    }

    public void Unchanged()
    {
        Interlocked.Increment(ref _unchanged);
        Succeeded();
    }

    public void Refused()
    {
        Interlocked.Increment(ref _refused);
        _hasFailed = true;
    }

    public void Write(MetricWriter metrics)
    {
        metrics.Counter("clusterlb_reloads_total", "Times the configuration was read again, by what became of it; dry runs do not count.",
            Sample("applied", _applied), Sample("unchanged", _unchanged), Sample("refused", _refused));
        metrics.Gauge("clusterlb_config_last_reload_successful", "1 = the last reload was not refused, or there was none.",
            new Sample(_hasFailed ? 0 : 1));
        metrics.Gauge("clusterlb_config_last_reload_success_timestamp_seconds",
            "When the configuration was last read without a problem, at the start or later; Unix time.",
            new Sample(Volatile.Read(ref _succeededAt) / 1000.0));
    }

    private void Succeeded()
    {
        Volatile.Write(ref _succeededAt, time.GetUtcNow().ToUnixTimeMilliseconds());
        _hasFailed = false;
    }

    private static Sample Sample(string result, in long count) => new(Volatile.Read(in count), new Label("result", result));
}
