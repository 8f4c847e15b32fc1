using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class SessionClusterTests
{
    [Fact]
    public async Task What_one_node_binds_all_know()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (one, others) = (cluster.Nodes[0], cluster.Nodes.Skip(1).ToList());

        var claimed = await one.Sessions.ClaimAsync(Bindings.Key(1), one.Pool.Members[1]);
        one.Sessions.Note(Bindings.Of(2, backend: one.Pool.Members[2].Key));

        Assert.Equal(one.Pool.Members[1].Key, claimed!.Value.Backend);
        await Patience.Until(() => others.All(node => node.BackendOf(Bindings.Key(1)) == "b2" && node.BackendOf(Bindings.Key(2)) == "b3"));
    }
}

internal static class SessionReads
{
    /// <summary>What the node's own table says.</summary>
    public static Binding? Known(this TestClusterNode node, SessionKey session) => node.Bindings.TryGet(session, node.Memory.UtcSeconds, out var known) ? known : null;

    /// <summary>The name of the backend that the node's own table has a session on.</summary>
    public static string? BackendOf(this TestClusterNode node, SessionKey session) =>
        node.Known(session) is { } known ? node.Pool.Members.SingleOrDefault(backend => backend.Key == known.Backend)?.Name : null;
}
