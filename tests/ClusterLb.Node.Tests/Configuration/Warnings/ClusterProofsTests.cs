namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class ClusterProofsTests
{
    [Fact]
    public void A_node_alone_proves_itself_to_nobody() =>
        Warned.Of("cluster.secret-file", "does nothing without cluster.seeds", "cluster.secret-file=/run/cluster.secret");

    [Fact]
    public void Without_proofs_a_node_alone_is_sound() => Warned.OfNothing("cluster.profile=fast");
}
