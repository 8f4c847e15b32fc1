using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Where other nodes are told to reach this one.</summary>
internal static class NodeAddresses
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        var (host, cluster) = (of.Config.Node.Host, of.Config.Cluster);
        if (cluster.Seeds.Count > 0 && IPAddress.TryParse(host, out var address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            yield return of.Warn("node.host",
                $"is {host}, where no other node can reach this one; it must be the address that its seeds have for it");
        }

        // What a name of several nodes stands for is not known here.
        if (cluster.Seeds.FirstOrDefault(seed => seed.Kind == SeedKind.Node && !ClusterAddress.IsLoopback(seed.Host)) is not { } other)
            yield break;
        if (ClusterAddress.IsLoopback(host))
        {
            yield return of.Warn("node.host", $"is {host}, which on the machine of {other.Host} is that machine itself; it must be "
                + "the address at which other machines reach this one");
        }
        else if (!cluster.Tls.IsOn)
        {
            yield return of.Warn("cluster.tls", $"is missing, and without it the cluster port is for this machine alone: {other.Host} "
                + "is not reached, unless it is here; it must have certificate, key and ca");
        }
    }
}
