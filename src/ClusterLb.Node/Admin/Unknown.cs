using ClusterLb.ControlPlane.Commands;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Node.Api;

namespace ClusterLb.Node.Admin;

/// <summary>404 with the names there are.</summary>
internal static class Unknown
{
    public static Problem Pool(RoutingTable table, string name) =>
        Of($"there is no pool \"{name}\"", "pools", table.Pools.Select(pool => pool.Name));

    public static Problem Backend(Pool pool, string name) =>
        Of($"pool \"{pool.Name}\" has no backend \"{name}\"", "its backends", pool.Members.Select(backend => backend.Name));

    public static Problem Node(ClusterView cluster, string name) =>
        Of($"there is no node \"{name}\"", "nodes", cluster.Nodes.Select(node => node.Name));

    private static Problem Of(string problem, string kind, IEnumerable<string> names)
    {
        var known = names.ToList();
        return Problem.Of(ProblemKind.UnknownName, $"{problem}; {kind} are {string.Join(", ", known)}") with { Known = known };
    }
}
