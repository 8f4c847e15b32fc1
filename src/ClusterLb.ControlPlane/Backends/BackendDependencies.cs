using Akka.Actor;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>What the actors of all backends share on one node.</summary>
/// <param name="Memory">What operators want.</param>
/// <param name="Tables">Where backends are.</param>
/// <param name="SessionsOn">How many sessions a backend has.</param>
/// <param name="Cutter">Ends work at a drain's deadline.</param>
/// <param name="Publisher">Tells the data plane.</param>
internal sealed record BackendDependencies(
    AdminMemory Memory, RoutingTableHolder Tables, Clock Clock, Func<Backend, int> SessionsOn, IWorkCutter Cutter, IActorRef Publisher);

/// <summary>What agreeing on what operators want needs of one node.</summary>
/// <param name="Memory">What they want.</param>
/// <param name="Members">Who is there.</param>
/// <param name="Tables">Where backends are.</param>
/// <param name="IsStoreRead">What a store outside remembers has been told here, or nobody waits for it.</param>
internal sealed record AdminDependencies(
    AdminMemory Memory, MembershipMemory Members, RoutingTableHolder Tables, Clock Clock, Func<bool> IsStoreRead);
