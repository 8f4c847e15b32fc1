namespace ClusterLb.Core.Configuration;

public enum StoreType
{
    /// <summary>State lives in the nodes themselves, as long as one of them lives.</summary>
    Embedded,
    Redis,
}

public sealed record StoreConfig
{
    /// <summary>Default <see cref="StoreType.Embedded"/>.</summary>
    public required StoreType Type { get; init; }

    public required RedisConfig Redis { get; init; }
}

/// <summary>One server, a Sentinel group or a Redis Cluster (7.0 or later).</summary>
public sealed record RedisConfig
{
    /// <summary>
    /// <c>HOST:PORT</c> of servers, of Sentinels when there is a <see cref="ServiceName"/>, or of some nodes of a Redis Cluster. Default
    /// one on this machine.
    /// </summary>
    public required EquatableList<string> Endpoints { get; init; }

    /// <summary>The master's name at the Sentinels; empty = no Sentinels, the default.</summary>
    public required string ServiceName { get; init; }

    /// <summary>Of the ACL; empty = the default user.</summary>
    public required string User { get; init; }

    /// <summary>The file that <see cref="User"/> was read from; empty = none.</summary>
    public string UserFile { get; init; } = "";

    /// <summary>Empty = none.</summary>
    public required Secret Password { get; init; }

    /// <summary>The file that <see cref="Password"/> was read from; empty = none.</summary>
    public string PasswordFile { get; init; } = "";

    public required bool Tls { get; init; }

    /// <summary>PEM file of the authority that signed the server's certificate; empty = those the system trusts.</summary>
    public required string Ca { get; init; }

    /// <summary>0 to 15; 0 in a Redis Cluster. Default 0.</summary>
    public required int Database { get; init; }

    /// <summary>What every key begins with, so that several clusters can share a server. Default <c>clusterlb</c>.</summary>
    public required string Prefix { get; init; }
}
