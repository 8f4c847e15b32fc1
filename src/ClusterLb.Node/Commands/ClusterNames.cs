using System.CommandLine.Completions;
using ClusterLb.Node.Admin;

namespace ClusterLb.Node.Commands;

/// <summary>Names in the cluster, for a shell that completes: asked of the node that the command would ask.</summary>
/// <param name="options">Of that command.</param>
internal sealed class ClusterNames(AdminOptions options)
{
    /// <summary>As <c>POOL/BACKEND</c>.</summary>
    public IEnumerable<string> Backends(CompletionContext context) => options.Look<IReadOnlyList<PoolReport>>(context.ParseResult, "pools")?
        .SelectMany(pool => pool.Backends.Select(backend => $"{pool.Name}/{backend.Name}")) ?? [];

    public IEnumerable<string> Pools(CompletionContext context) =>
        options.Look<IReadOnlyList<PoolReport>>(context.ParseResult, "pools")?.Select(pool => pool.Name) ?? [];

    /// <summary>Without their pools.</summary>
    public IEnumerable<string> NamesInPools(CompletionContext context) => options
        .Look<IReadOnlyList<PoolReport>>(context.ParseResult, "pools")?
        .SelectMany(pool => pool.Backends.Select(backend => backend.Name)).Distinct() ?? [];

    public IEnumerable<string> Nodes(CompletionContext context) =>
        options.Look<IReadOnlyList<NodeStatus>>(context.ParseResult, "nodes")?.Select(node => node.Name) ?? [];
}
