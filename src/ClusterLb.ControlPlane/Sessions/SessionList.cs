using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>Sessions for people to look at, from one node's table.</summary>
internal static class SessionList
{
    /// <param name="table">Of the node.</param>
    /// <param name="backend">Only those bound to the one with this key; null = all.</param>
    /// <param name="limit">The most to list.</param>
    /// <param name="nowSeconds">Unix.</param>
    public static IReadOnlyList<Binding> Read(BindingTable table, ulong? backend, int limit, uint nowSeconds) =>
        [.. Enumerable.Range(0, BindingTable.Parts)
            .SelectMany(table.Read)
            .Where(binding => !binding.IsEvicted && !binding.IsExpired(nowSeconds) && (backend is null || binding.Backend == backend))
            .Take(limit)];
}
