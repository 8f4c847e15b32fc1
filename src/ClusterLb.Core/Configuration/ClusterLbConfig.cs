namespace ClusterLb.Core.Configuration;

/// <summary>Everything an operator wrote, with every default filled in. Immutable; made by the configuration reader only.</summary>
public sealed record ClusterLbConfig
{
    /// <summary>A short name of all that nodes of one cluster must have the same; what is a node's own is left out.</summary>
    public required string Fingerprint { get; init; }

    public required NodeConfig Node { get; init; }

    public required ClusterConfig Cluster { get; init; }

    public required StoreConfig Store { get; init; }

    public required DnsConfig Dns { get; init; }

    public required SessionsConfig Sticky { get; init; }

    public required EquatableList<ListenerConfig> Listeners { get; init; }

    public required EquatableList<PoolConfig> Pools { get; init; }
}
