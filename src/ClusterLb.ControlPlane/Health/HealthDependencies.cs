using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Health;

/// <summary>What the actors share that look after health on one node.</summary>
/// <param name="Memory">What is known.</param>
/// <param name="Tables">Where backends are.</param>
/// <param name="Check">Asks backends.</param>
internal sealed record HealthDependencies(string Node, HealthMemory Memory, RoutingTableHolder Tables, Clock Clock, IBackendCheck Check);
