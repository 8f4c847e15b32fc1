namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class SeedsTests
{
    [Fact]
    public void Seeds_without_this_node() =>
        Warned.Of("cluster.seeds", "without this node, which is 127.0.0.1:4053",
            "cluster.seeds=[\"10.0.0.1:4053\",\"10.0.0.2:4053\",\"10.0.0.3:4053\"]");

    [Fact]
    public void A_pair_cannot_survive_a_loss() =>
        Warned.Of("cluster.seeds", "a pair cannot survive a loss", "cluster.seeds=[\"127.0.0.1:4053\",\"127.0.0.1:4054\"]");

    [Theory]
    [InlineData("[]")]
    [InlineData("[\"127.0.0.1:4053\"]")]
    [InlineData("[\"127.0.0.1:4053\",\"127.0.0.1:4054\",\"127.0.0.1:4055\"]")]
    [InlineData("[\"dns:nodes.example.com:4053\"]")]
    [InlineData("[\"srv:_lb._tcp.example.com\"]")]
    public void Three_with_this_one_are_sound_and_so_are_names(string seeds) => Warned.OfNothing($"cluster.seeds={seeds}");
}
