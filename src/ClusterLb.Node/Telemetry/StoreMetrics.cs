using System.Diagnostics.Metrics;
using ClusterLb.Redis;

namespace ClusterLb.Node.Telemetry;

/// <summary>How this node gets on with Redis, observed by scrapes.</summary>
internal sealed class StoreMetrics : IDisposable
{
    private readonly Meter _meter = new(NodeMetrics.MeterName);

    public StoreMetrics(RedisStore store)
    {
        _meter.CreateObservableGauge("clusterlb_store_up", () => store.IsUp ? 1L : 0, description: "1 while Redis answers this node.");
        _meter.CreateObservableGauge("clusterlb_store_waiting", () => (long)store.Waiting,
            description: "Bindings that wait to be written.");
        _meter.CreateObservableCounter("clusterlb_store_written_total", () => store.Read().Written,
            description: "Bindings written behind.");
        _meter.CreateObservableCounter("clusterlb_store_dropped_total", () => store.Read().Dropped,
            description: "Bindings that were not written, because too many waited.");
        _meter.CreateObservableCounter("clusterlb_store_calls_total", () => store.Read().Calls, description: "Calls to Redis.");
        _meter.CreateObservableCounter("clusterlb_store_failed_calls_total", () => Failed(store.Read()),
            description: "Calls to Redis without an answer, by why.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Failed(RedisStoreSnapshot reading) =>
    [
        new(reading.Failures, new KeyValuePair<string, object?>("why", "failed")),
        new(reading.Timeouts, new KeyValuePair<string, object?>("why", "timeout")),
        new(reading.Refused, new KeyValuePair<string, object?>("why", "away")),
    ];
}
