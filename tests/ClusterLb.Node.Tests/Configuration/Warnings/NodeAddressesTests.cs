namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class NodeAddressesTests
{
    private const string Seeds = "cluster.seeds=[\"10.0.0.1:4053\",\"10.0.0.2:4053\",\"10.0.0.3:4053\"]";

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void Nobody_reaches_a_node_at_every_address(string host) =>
        Warned.Of("node.host", "where no other node can reach this one", $"node.host={host}", Seeds);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public void Other_machines_do_not_reach_it_at_an_address_of_every_machine(string host) => Warned.Of("node.host",
        "which on the machine of 10.0.0.2 is that machine itself", $"node.host={host}",
        $"cluster.seeds=[\"{host}:4053\",\"10.0.0.2:4053\",\"10.0.0.3:4053\"]");

    [Fact]
    public void Other_machines_are_not_reached_without_certificates() =>
        Warned.Of("cluster.tls", "without it the cluster port is for this machine alone", "node.host=10.0.0.1", Seeds);

    [Fact]
    public void An_address_of_this_machine_is_sound_where_all_seeds_are_on_it() => Warned.OfNothing("node.host=127.0.0.1",
        "cluster.seeds=[\"127.0.0.1:4053\",\"127.0.0.1:4054\",\"127.0.0.1:4055\"]");
}
