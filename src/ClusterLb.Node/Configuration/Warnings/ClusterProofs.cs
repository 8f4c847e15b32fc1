namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>What nodes prove themselves with, where there are no other nodes.</summary>
internal static class ClusterProofs
{
    private static readonly string[] s_keys = ["cluster.tls", "cluster.secret-file"];

    public static IEnumerable<ConfigurationProblem> Look(Examined of) => of.Config.Cluster.Seeds.Count > 0
        ? []
        : s_keys.Where(of.Text.Has)
            .Select(key => of.Warn(key,
                "does nothing without cluster.seeds, for this node is alone; they must name the nodes of the cluster"));
}
