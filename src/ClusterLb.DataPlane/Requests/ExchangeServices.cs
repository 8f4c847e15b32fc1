using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane.Requests;

/// <summary>What all requests at one listener of one loop share.</summary>
/// <param name="Listener">Its name.</param>
/// <param name="Routes">As they are now.</param>
/// <param name="Traffic">What is counted of them.</param>
internal sealed record ExchangeServices(
    Worker Worker, string Listener, HttpSettings Settings, CurrentRoutes Routes, TrafficCounters Traffic);
