using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Dns.Zones;

/// <summary>One node, as the zone has it.</summary>
/// <param name="Name">Its <c>node.name</c>.</param>
/// <param name="Addresses">Where clients find it.</param>
/// <param name="IsServing">It is there, ready, and does not drain.</param>
internal sealed record ZoneNode(string Name, EquatableList<IPAddress> Addresses, bool IsServing)
{
    /// <summary>It answers for the zone.</summary>
    public bool IsNameServer { get; init; }

    /// <summary>Nobody has it among the nodes any more: only its own name is left, since <c>name-servers</c> has it.</summary>
    public bool IsGone { get; init; }

    /// <summary>By which the zone has it.</summary>
    /// <param name="zone">The name of the zone.</param>
    public string NameIn(string zone) => $"{Name.ToLowerInvariant()}.{zone}";
}
