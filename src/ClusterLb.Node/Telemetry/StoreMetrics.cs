using ClusterLb.Redis;

namespace ClusterLb.Node.Telemetry;

/// <summary>How this node gets on with Redis.</summary>
internal sealed class StoreMetrics(RedisStore store) : IMetricSource
{
    public void Write(MetricWriter metrics)
    {
        var reading = store.Read();
        metrics.Gauge("clusterlb_store_up", "1 while Redis answers this node.", new Sample(store.IsUp ? 1 : 0));
        metrics.Gauge("clusterlb_store_waiting", "Bindings that wait to be written.", new Sample(store.Waiting));
        metrics.Counter("clusterlb_store_written_total", "Bindings written behind.", new Sample(reading.Written));
        metrics.Counter("clusterlb_store_dropped_total", "Bindings that were not written, because too many waited.",
            new Sample(reading.Dropped));
        metrics.Counter("clusterlb_store_calls_total", "Calls to Redis.", new Sample(reading.Calls));
        metrics.Counter("clusterlb_store_failed_calls_total", "Calls to Redis without an answer, by why.",
            new Sample(reading.Failures, new Label("why", "failed")),
            new Sample(reading.Timeouts, new Label("why", "timeout")),
            new Sample(reading.Refused, new Label("why", "away")));
    }
}
