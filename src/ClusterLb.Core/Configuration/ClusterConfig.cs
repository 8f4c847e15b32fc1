namespace ClusterLb.Core.Configuration;

/// <summary>Which nodes form the cluster. No seeds: a cluster of one.</summary>
public sealed record ClusterConfig
{
    public required EquatableList<string> Seeds { get; init; }

    public required ClusterProfile Profile { get; init; }
}

public enum ClusterProfile
{
    Balanced,
    Fast,
}

public enum StoreType
{
    /// <summary>State lives in the nodes themselves, as long as one of them lives.</summary>
    Embedded,
    Redis,
}

public sealed record StoreConfig
{
    public required StoreType Type { get; init; }
}
