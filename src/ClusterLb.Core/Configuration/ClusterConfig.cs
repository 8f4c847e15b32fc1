using System.Net;

namespace ClusterLb.Core.Configuration;

/// <summary>Which nodes form the cluster. No seeds: a cluster of one.</summary>
public sealed record ClusterConfig
{
    /// <summary>Where nodes are found; a majority of them must be there for a new cluster to be formed. Default none.</summary>
    public required EquatableList<SeedConfig> Seeds { get; init; }

    /// <summary>Asked for seeds that are names. Default none: those of this machine.</summary>
    public required EquatableList<IPEndPoint> NameServers { get; init; }

    /// <summary>How soon silence is taken for death. Default <see cref="ClusterProfile.Balanced"/>.</summary>
    public required ClusterProfile Profile { get; init; }

    public required ClusterTlsConfig Tls { get; init; }

    /// <summary>
    /// The file with what every node knows and nobody else. Empty, the default: with TLS none, else one that the nodes of this user make
    /// and share.
    /// </summary>
    public required string SecretFile { get; init; }

    /// <summary>The same without a file, for what comes by the environment; 32 bytes or more. Default none.</summary>
    public Secret Secret { get; init; } = "";

    /// <summary>Connections to the cluster port whose other end has not proved yet that it is a node. 8 to 65536, default 256.</summary>
    public required int MaxHandshakes { get; init; }

    /// <summary>
    /// Of them those from one address, or IPv6 network of 64 bits; this machine's own may have all. 1 to 65536, default 32.
    /// </summary>
    public required int MaxHandshakesPerAddress { get; init; }
}

/// <summary>One place to look for nodes.</summary>
/// <param name="Kind">What <paramref name="Host"/> stands for.</param>
/// <param name="Host">An address or name; of a node it must be that node's <c>node.host</c>, letter by letter.</param>
/// <param name="Port">0 for <see cref="SeedKind.Srv"/>, whose records carry ports.</param>
public sealed record SeedConfig(SeedKind Kind, string Host, int Port);

public enum SeedKind
{
    /// <summary><c>HOST:PORT</c>: one node.</summary>
    Node,

    /// <summary><c>dns:NAME:PORT</c>: every A and AAAA address of the name is a node.</summary>
    Dns,

    /// <summary><c>srv:NAME</c>: every target of the SRV record is a node.</summary>
    Srv,
}

public enum ClusterProfile
{
    /// <summary>A silent node is unreachable after about 3 s and removed after 6 to 9 s.</summary>
    Balanced,

    /// <summary>About half of that; more false alarms on busy machines.</summary>
    Fast,
}

/// <summary>Mutual TLS between nodes, PEM files. All empty: none, and then only nodes of this machine can be reached.</summary>
public sealed record ClusterTlsConfig
{
    /// <summary>This node's certificate, with the chain to <see cref="Ca"/> if there is one.</summary>
    public required string Certificate { get; init; }

    /// <summary>The certificate's private key.</summary>
    public required string Key { get; init; }

    /// <summary>The authority that signed every node's certificate; whoever holds one of its certificates is a node.</summary>
    public required string Ca { get; init; }

    public bool IsOn => Certificate.Length > 0;
}
