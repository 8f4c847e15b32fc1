using System.Net;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;

namespace ClusterLb.Node.Admin;

/// <summary>404 with the names there are.</summary>
internal static class Unknown
{
    public static IResult Pool(RoutingTable table, string name) =>
        Of($"there is no pool \"{name}\"", "pools", table.Pools.Select(pool => pool.Name));

    public static IResult Backend(Pool pool, string name) =>
        Of($"pool \"{pool.Name}\" has no backend \"{name}\"", "its backends", pool.Members.Select(backend => backend.Name));

    public static IResult Node(ClusterView cluster, string name) =>
        Of($"there is no node \"{name}\"", "nodes", cluster.Nodes.Select(node => node.Name));

    private static IResult Of(string problem, string kind, IEnumerable<string> names) =>
        Answer.Of(HttpStatusCode.NotFound, $"{problem}; {kind} are {string.Join(", ", names)}");
}
