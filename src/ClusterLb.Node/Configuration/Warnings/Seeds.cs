using System.Globalization;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Whether the seeds make a cluster that this node is in, and that outlives one of them.</summary>
internal static class Seeds
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        var (seeds, node) = (of.Config.Cluster.Seeds, of.Config.Node);
        // What a name stands for is not known here.
        if (seeds.Count == 0 || seeds.Any(seed => seed.Kind != SeedKind.Node)) yield break;
        if (!seeds.Any(seed => seed.Port == node.ClusterPort && seed.Host.Equals(node.Host, StringComparison.OrdinalIgnoreCase)))
        {
            var own = string.Create(CultureInfo.InvariantCulture, $"{node.Host}:{node.ClusterPort}");
            yield return of.Warn("cluster.seeds", $"is without this node, which is {own} by node.host and node.cluster-port; "
                + "it must have every node, written as that node has itself");
        }

        if (seeds.Count == 2)
        {
            yield return of.Warn("cluster.seeds", "has two nodes, and a pair cannot survive a loss: the one that is left is no majority, "
                + "takes no commands and cannot start alone; it must have three or more");
        }
    }
}
