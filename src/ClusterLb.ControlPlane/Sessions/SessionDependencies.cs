using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Stores;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>What everybody shares who has to do with sessions on one node.</summary>
/// <param name="Memory">What is known.</param>
/// <param name="Config">Of all pools' sessions.</param>
/// <param name="Tables">Where backends are.</param>
/// <param name="Store">Where bindings are kept outside of the cluster; null = nowhere.</param>
public sealed record SessionDependencies(SessionMemory Memory, SessionsConfig Config, RoutingTableHolder Tables, Clock Clock,
    IBindingStore? Store);
