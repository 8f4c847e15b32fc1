namespace ClusterLb.Core.Configuration;

/// <summary>Everything an operator wrote, with every default filled in. Immutable; made by the configuration reader only.</summary>
public sealed record ClusterLbConfig
{
    public required NodeConfig Node { get; init; }

    public required ClusterConfig Cluster { get; init; }

    public required StoreConfig Store { get; init; }

    public required EquatableList<ListenerConfig> Listeners { get; init; }

    public required EquatableList<PoolConfig> Pools { get; init; }
}
