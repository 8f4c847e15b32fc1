using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Routing;

/// <summary>
/// What one table has that the one before it had not, and the other way round: pure. A backend whose address changed is another one under
/// an old name, removed and added; whatever else of it changed, it is kept.
/// </summary>
/// <param name="From">The table before.</param>
/// <param name="To">In its place.</param>
/// <param name="Added">As <paramref name="To"/> has them.</param>
/// <param name="Removed">As <paramref name="From"/> had them.</param>
/// <param name="Kept">As <paramref name="To"/> has them.</param>
public sealed record TableChange(
    RoutingTable From, RoutingTable To, IReadOnlyList<Backend> Added, IReadOnlyList<Backend> Removed, IReadOnlyList<Backend> Kept)
{
    public static TableChange Between(RoutingTable from, RoutingTable to)
    {
        var kept = MembersOf(to).Where(backend => IsIn(from, backend)).ToList();
        return new TableChange(from, to, [.. MembersOf(to).Except(kept)], [.. MembersOf(from).Where(backend => !IsIn(to, backend))], kept);
    }

    private static IEnumerable<Backend> MembersOf(RoutingTable table) => table.Pools.SelectMany(pool => pool.Members);

    private static bool IsIn(RoutingTable table, Backend backend) =>
        table.FindBackend(backend.Key) is { } found && found.Backend.IsSameServerAs(backend);
}
