using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

/// <summary>What a node of a test cluster knows.</summary>
internal static class SessionReads
{
    /// <summary>What the node's own table says.</summary>
    public static Binding? Known(this TestClusterNode node, SessionKey session) =>
        node.Bindings.TryGet(session, node.Memory.Clock.UtcSeconds, out var known) ? known : null;

    /// <summary>The name of the backend that the node's own table has a session on.</summary>
    public static string? BackendOf(this TestClusterNode node, SessionKey session) =>
        node.Known(session) is { } known ? node.Pool.Members.SingleOrDefault(backend => backend.Key == known.Backend)?.Name : null;

    /// <summary>Whether the session's actor lives on this node.</summary>
    public static async Task<bool> HasActorAsync(this TestClusterNode node, SessionKey session)
    {
        var region = ActorRegistry.For(node.Host.System!).Get<SessionActor>();
        var state = await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, TimeSpan.FromSeconds(10));
        return state.Shards.Any(shard => shard.EntityIds.Contains(session.ToString()));
    }
}
