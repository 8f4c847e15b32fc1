using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>Sessions for people to look at, from one node's table.</summary>
internal static class SessionList
{
    /// <param name="backends">Only those bound to one with such a key; null = all.</param>
    /// <param name="limit">The most to list.</param>
    /// <param name="nowSeconds">Unix.</param>
    public static IReadOnlyList<Binding> Read(BindingTable table, IReadOnlySet<ulong>? backends, int limit, uint nowSeconds) =>
        [.. Enumerable.Range(0, BindingTable.Parts)
            .SelectMany(table.Read)
            .Where(binding => !binding.IsEvicted && !binding.IsExpired(nowSeconds)
                && (backends is null || backends.Contains(binding.Backend)))
            .Take(limit)];
}
