using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Discovery;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Core.Stores;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>What a control plane needs of the process around it.</summary>
/// <param name="Probes">How HTTP and TCP checks reach backends.</param>
/// <param name="Cutter">Ends work on a backend.</param>
/// <param name="Node">The process.</param>
/// <param name="Seeds">Finds other nodes.</param>
/// <param name="Sessions">Where event loops ask, whatever ActorSystem runs.</param>
/// <param name="Tables">Tells what changes of backends.</param>
/// <param name="Discovery">Finds backends by name.</param>
public sealed record ControlPlanePorts(
    IProbeTransport Probes, IWorkCutter Cutter, ILocalNode Node, ISeedResolver Seeds, SessionDirectory Sessions, TableOwner Tables,
    BackendDiscovery Discovery)
{
    /// <summary>The kinds of checks that the configuration was read with.</summary>
    public ProbeRegistry ProbeKinds { get; init; } = ProbeRegistry.Default;

    /// <summary>What the cluster keeps outside of itself; null = nothing, the default.</summary>
    public IDocumentStore? Documents { get; init; }

    /// <summary>
    /// What every node of the cluster knows and nobody else; empty = certificates say who is a node, or there are no others.
    /// </summary>
    public ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>Taken before the start; the first ActorSystem goes on with it. Null, in tests: each binds its own.</summary>
    public ReservedClusterPort? ClusterPort { get; init; }
}
