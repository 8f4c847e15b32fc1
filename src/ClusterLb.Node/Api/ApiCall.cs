namespace ClusterLb.Node.Api;

/// <summary>One request to a route.</summary>
/// <param name="InPath">What stands in the path where the template has names.</param>
internal sealed record ApiCall(HttpContext Context, IReadOnlyDictionary<string, string> InPath, CommandBody Body)
{
    /// <summary>Null when it is not in the query.</summary>
    public string? Query(string name) => Context.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;
}
