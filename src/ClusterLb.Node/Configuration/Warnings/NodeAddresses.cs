using System.Net;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Where other nodes are told to reach this one.</summary>
internal static class NodeAddresses
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        if (of.Config.Cluster.Seeds.Count == 0 || !IPAddress.TryParse(of.Config.Node.Host, out var address)) yield break;
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            yield return of.Warn("node.host",
                $"is {of.Config.Node.Host}, where no other node can reach this one; it must be the address that its seeds have for it");
        }
    }
}
