using ClusterLb.DataPlane.Telemetry;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Logging;

namespace ClusterLb.Node.Telemetry;

/// <summary>
/// Counts what no log shows, and says in the node's log when lines of the access log are lost: at once, then once a minute at most.
/// </summary>
internal sealed class LogAlarm : IMetricSource, IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(1);

    private readonly NodeLogs _logs;
    private readonly AccessLogOutput _accessLog;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private OutputLosses _said;
    private long _saidAt;

    /// <param name="logs">The node's log.</param>
    /// <param name="accessLog">Whose lines may be lost.</param>
    /// <param name="logger">Where it is said.</param>
    public LogAlarm(NodeLogs logs, AccessLogOutput accessLog, ILogger logger, TimeProvider time)
    {
        (_logs, _accessLog, _logger, _time) = (logs, accessLog, logger, time);
        _timer = time.CreateTimer(_ => Look(), null, s_look, s_look);
    }

    public void Write(MetricWriter metrics)
    {
        metrics.Counter("clusterlb_log_lines_lost_total", "Lines of the node's log that could not be written, or not in time.",
            new Sample(_logs.Lost));
        metrics.Counter("clusterlb_log_lines_left_out_total", "Lines of the node's log that were only counted: too many of their kind.",
            new Sample(_logs.LeftOut));
        if (_accessLog.Losses is not { } losses) return;
        metrics.Counter("clusterlb_access_log_lost_total", "Lines of the access log that were not written, by why.",
            new Sample(losses.Full, new Label("reason", "full")), new Sample(losses.Failed, new Label("reason", "write-failed")));
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (_accessLog.Losses is not { } losses || losses.Lines == _said.Lines) return;
        if (_saidAt != 0 && _time.GetElapsedTime(_saidAt) < s_silence) return;
        var (full, failed) = (losses.Full - _said.Full, losses.Failed - _said.Failed);
        if (failed > 0) _logger.AccessLogFails(failed, losses.Failure.Length > 0 ? losses.Failure : "it is written again");
        if (full > 0) _logger.AccessLogIsFull(full);
        (_said, _saidAt) = (losses, _time.GetTimestamp());
    }
}
