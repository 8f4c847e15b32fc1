using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.Node.Telemetry;

/// <param name="Name">Letters, digits and underscores.</param>
/// <param name="Value">Any text.</param>
internal readonly record struct Label(string Name, string Value);

/// <summary>One series of a counter or gauge, now.</summary>
internal readonly record struct Sample(double Value, params Label[] Labels);

/// <summary>The series of a histogram that share their labels, now.</summary>
internal readonly record struct HistogramSample(HistogramSnapshot Value, params Label[] Labels);
