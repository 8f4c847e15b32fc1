using ClusterLb.ControlPlane.Discovery;
using ClusterLb.Core.Discovery;

namespace ClusterLb.Node.Telemetry;

/// <summary>How the sources of pools are; nothing where no pool has any.</summary>
internal sealed class SourceMetrics(BackendDiscovery discovery) : IMetricSource
{
    public void Write(MetricWriter metrics)
    {
        var known = discovery.Known;
        if (known.Count == 0) return;
        metrics.Gauge("clusterlb_source_backends", "Backends that the pool has by the source.",
            Of(set => set.Backends.Count));
        metrics.Gauge("clusterlb_source_held_back", "Backends that were gone with more than half of the pool, and stay 30 s.",
            Of(set => set.Held?.Missing ?? 0));
        metrics.Gauge("clusterlb_source_left_out", "Backends beyond max, which the pool does not have.", Of(set => set.LeftOut));
        metrics.Gauge("clusterlb_source_problem", "1 while the source's answers name nobody.", Of(set => set.Problem.Length > 0 ? 1 : 0));

        IEnumerable<Sample> Of(Func<FoundSet, double> figure) => known
            .OrderBy(one => one.Key.ToString(), StringComparer.Ordinal)
            .Select(one => new Sample(figure(one.Value), new Label("pool", one.Key.Pool), new Label("source", one.Key.Source)));
    }
}
