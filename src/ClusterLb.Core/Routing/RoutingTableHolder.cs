namespace ClusterLb.Core.Routing;

/// <summary>The one meeting point of the planes: the control plane writes, the data plane reads, through one volatile reference.</summary>
public sealed class RoutingTableHolder
{
    private volatile RoutingTable _current = RoutingTable.Empty;

    public RoutingTable Current => _current;

    /// <summary>Called by the routing table publisher only.</summary>
    public void Publish(RoutingTable table) => _current = table;
}
