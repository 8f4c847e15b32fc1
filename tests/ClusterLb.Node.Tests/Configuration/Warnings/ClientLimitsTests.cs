namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class ClientLimitsTests
{
    [Theory]
    [InlineData("listeners.web.max-connections-per-client", "listeners.web.max-connections")]
    [InlineData("node.admin.max-connections-per-client", "node.admin.max-connections")]
    [InlineData("cluster.max-handshakes-per-address", "cluster.max-handshakes")]
    public void One_client_may_have_less_than_all(string ofOne, string ofAll)
    {
        Warned.Of(ofOne, "is 21, and", $"{ofOne}=21", $"{ofAll}=20");
        Warned.OfNothing($"{ofOne}=20", $"{ofAll}=20");
    }

    [Fact]
    public void A_default_is_nobodys_mistake() => Warned.OfNothing("node.admin.max-connections=16");
}
