using System.Net;

namespace ClusterLb.Core.Configuration;

/// <summary>The zone in which nodes answer for themselves, and where this node answers.</summary>
public sealed record DnsConfig
{
    /// <summary>Of UDP and TCP. Default null: this node answers nobody.</summary>
    public required IPEndPoint? Bind { get; init; }

    /// <summary>The name that stands for all nodes, in lower case and without the dot at its end. Default empty: none.</summary>
    public required string Zone { get; init; }

    /// <summary>How long resolvers may keep addresses. Whole seconds, 1 s to 1 h, default 2 s.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>
    /// Where clients find this node; 8 at most. Default none: the address of <see cref="Bind"/>, unless that is all of them.
    /// </summary>
    public required EquatableList<IPAddress> Advertise { get; init; }

    /// <summary>
    /// Of the zone, as its parent names them. Default none: every node with a <see cref="Bind"/>, by its name in the zone.
    /// </summary>
    public required EquatableList<string> NameServers { get; init; }

    /// <summary>Who may have the whole zone, over TCP. Default nobody.</summary>
    public required EquatableList<IPAddress> SecondaryTransfer { get; init; }

    /// <summary>
    /// UDP answers per second to one network (a /24 of IPv4, a /56 of IPv6) that has not proved its address. 0 to 1,000,000, default 1,000;
    /// 0 = any number.
    /// </summary>
    public required int RateLimit { get; init; }

    /// <summary>What other nodes are told to send clients to.</summary>
    public EquatableList<IPAddress> AddressesForClients() => Advertise.Count > 0 || Bind is null || IsAny(Bind.Address)
        ? Advertise
        : [Bind.Address];

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
