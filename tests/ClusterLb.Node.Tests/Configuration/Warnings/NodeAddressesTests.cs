namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class NodeAddressesTests
{
    private const string Seeds = "cluster.seeds=[\"10.0.0.1:4053\",\"10.0.0.2:4053\",\"10.0.0.3:4053\"]";

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void Nobody_reaches_a_node_at_every_address(string host) =>
        Warned.Of("node.host", "where no other node can reach this one", $"node.host={host}", Seeds);

    [Fact]
    public void An_address_of_its_own_is_sound() => Warned.OfNothing("node.host=10.0.0.1", Seeds);
}
