namespace ClusterLb.Node.Telemetry;

/// <summary>Somebody who has figures. What is measured is counted where it happens; here a scrape reads it.</summary>
internal interface IMetricSource
{
    /// <summary>Writes its families, each once and in the same order every time. Any thread, one at a time.</summary>
    void Write(MetricWriter metrics);
}
