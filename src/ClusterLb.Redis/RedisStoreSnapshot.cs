namespace ClusterLb.Redis;

/// <summary>The counters of a store at one moment. Each only grows, but for the length of the queue.</summary>
/// <param name="Calls">Made, probes left out.</param>
/// <param name="Failures">Calls that Redis or the connection failed.</param>
/// <param name="Timeouts">Calls without an answer within their budget.</param>
/// <param name="Refused">Calls not made, because Redis was away.</param>
/// <param name="Written">Bindings written behind.</param>
/// <param name="Dropped">Bindings that had to go because too many waited.</param>
/// <param name="QueueLength">Bindings that wait to be written.</param>
/// <param name="Returns">How often Redis was there (again), or had to be filled again.</param>
/// <param name="Breaker">Its state.</param>
public sealed record RedisStoreSnapshot(
    long Calls, long Failures, long Timeouts, long Refused, long Written, long Dropped, int QueueLength, long Returns,
        BreakerState Breaker);
