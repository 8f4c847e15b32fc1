using System.Diagnostics.Metrics;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Logging;

namespace ClusterLb.Node.Telemetry;

/// <summary>
/// Counts what no log shows, and says in the node's log when lines of the access log are lost: at once, then once a minute at most.
/// </summary>
internal sealed class LogAlarm : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(1);

    private readonly Meter _meter = new(NodeMetrics.MeterName);
    private readonly AccessLogSink? _accessLog;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private OutputLosses _said;
    private long _saidAt;

    /// <param name="logs">The node's log.</param>
    /// <param name="accessLog">Null = off.</param>
    /// <param name="logger">Where it is said.</param>
    public LogAlarm(NodeLogs logs, AccessLogSink? accessLog, ILogger logger, TimeProvider time)
    {
        (_accessLog, _logger, _time) = (accessLog, logger, time);
        _meter.CreateObservableCounter("clusterlb_log_lines_lost_total", () => logs.Lost,
            description: "Lines of the node's log that could not be written, or not in time.");
        _meter.CreateObservableCounter(
            "clusterlb_log_lines_left_out_total", () =>
                logs.LeftOut, description: "Lines of the node's log that were only counted: too many of their kind.");
        if (accessLog is not null)
        {
            _meter.CreateObservableCounter(
                "clusterlb_access_log_lost_total", () =>
                    Lost(accessLog), description: "Lines of the access log that were not written, by why.");
        }

        _timer = time.CreateTimer(_ => Look(), null, s_look, s_look);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _meter.Dispose();
    }

    private void Look()
    {
        if (_accessLog?.Losses is not { } losses || losses.Lines == _said.Lines) return;
        if (_saidAt != 0 && _time.GetElapsedTime(_saidAt) < s_silence) return;
        var (full, failed) = (losses.Full - _said.Full, losses.Failed - _said.Failed);
        if (failed > 0) _logger.AccessLogFails(failed, losses.Failure.Length > 0 ? losses.Failure : "it is written again");
        if (full > 0) _logger.AccessLogIsFull(full);
        (_said, _saidAt) = (losses, _time.GetTimestamp());
    }

    private static IEnumerable<Measurement<long>> Lost(AccessLogSink accessLog) =>
    [
        new(accessLog.Losses.Full, new KeyValuePair<string, object?>("reason", "full")),
        new(accessLog.Losses.Failed, new KeyValuePair<string, object?>("reason", "write-failed")),
    ];
}
