using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane;

namespace ClusterLb.Node.Telemetry;

/// <summary>
/// What a node's two planes count. Nothing is recorded for metrics on the path of a request: each loop counts for itself in plain fields,
/// and a scrape sums them. Whoever scrapes without end gets what the last one got.
/// </summary>
internal sealed class NodeMetrics(
    DataPlaneHost dataPlane, RoutingTableHolder tables, ProbeCounts probes, ClusterCommands commands, TimeProvider time) : IMetricSource
{
    private static readonly TimeSpan s_readingLasts = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private NodeReading? _reading;
    private long _readAt;

    public void Write(MetricWriter metrics)
    {
        var reading = Read();
        TrafficMetrics.Write(metrics, reading);
        SessionMetrics.Write(metrics, reading, commands.Sessions);
        BackendMetrics.Write(metrics, reading);
        ClusterMetrics.Write(metrics, reading);
    }

    private NodeReading Read()
    {
        lock (_lock)
        {
            if (_reading is { } last && time.GetElapsedTime(_readAt) < s_readingLasts) return last;
            var table = tables.Current;
            _readAt = time.GetTimestamp();
            return _reading = new NodeReading(
                dataPlane.Read(), commands.Read(), table, NodeReading.MembersOf(table), probes.ByBackend);
        }
    }
}
