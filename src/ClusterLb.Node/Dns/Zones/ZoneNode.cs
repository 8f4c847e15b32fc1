using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Dns.Zones;

/// <summary>One node, as the zone has it.</summary>
/// <param name="Name">Its <c>node.name</c>.</param>
/// <param name="Addresses">Where clients find it.</param>
/// <param name="IsServing">It is there, ready, and does not drain.</param>
internal sealed record ZoneNode(string Name, EquatableList<IPAddress> Addresses, bool IsServing);
