using ClusterLb.Core.Routing;

namespace ClusterLb.DataPlane.Workers;

/// <summary>A listener's routes as one loop reads them, looked up once for each table.</summary>
internal sealed class CurrentRoutes(RoutingTableHolder tables, string listener)
{
    private RoutingTable _table = RoutingTable.Empty;
    private ListenerRoutes? _routes;

    /// <summary>Of the current table. One that does not know this listener any more leaves it with what it last had.</summary>
    public ListenerRoutes? Read()
    {
        var table = tables.Current;
        if (ReferenceEquals(table, _table)) return _routes;
        _table = table;
        if (table.Listeners.TryGetValue(listener, out var routes)) _routes = routes;
        return _routes;
    }
}
