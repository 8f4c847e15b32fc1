using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Telemetry;

/// <summary>
/// How many series an instrument may have. OpenTelemetry reserves memory for all of them at once, so the limit follows the configuration.
/// </summary>
internal sealed class SeriesLimit(ClusterLbConfig config)
{
    // Own answers and backends' answers differ by code, durations by bucket: none has more in practice.
    private const int PerName = 64;

    private readonly int _names = config.Pools.Sum(pool => pool.Backends.Count) + config.Pools.Count + config.Listeners.Count + 1;

    /// <summary>Past it the exporter sums what is new into one overflow series.</summary>
    public int Of(string instrument) => HasMoreThanNames(instrument) ? _names * PerName : _names * 2;

    private static bool HasMoreThanNames(string instrument) =>
        instrument is "clusterlb_requests_total" or "clusterlb_own_responses_total" or "clusterlb_request_duration_seconds_bucket"
            or "clusterlb_backend_failures_total" or "clusterlb_backend_state" or "clusterlb_nodes";
}
