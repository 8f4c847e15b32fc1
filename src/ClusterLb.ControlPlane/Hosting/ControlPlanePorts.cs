using ClusterLb.ControlPlane.Membership;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Core.Stores;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>What a control plane needs of the process around it.</summary>
/// <param name="Probes">How HTTP and TCP checks reach backends.</param>
/// <param name="Cutter">Ends work on a backend.</param>
/// <param name="Node">The process.</param>
/// <param name="Seeds">Finds other nodes.</param>
public sealed record ControlPlanePorts(IProbeTransport Probes, IWorkCutter Cutter, ILocalNode Node, ISeedResolver Seeds)
{
    /// <summary>What the cluster keeps outside of itself; null = nothing, the default.</summary>
    public IDocumentStore? Documents { get; init; }
}
