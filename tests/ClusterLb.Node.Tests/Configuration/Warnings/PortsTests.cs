namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class PortsTests
{
    [Theory]
    [InlineData("listeners.web.bind")]
    [InlineData("node.admin.bind")]
    public void Port_0_is_another_at_every_start(string key) => Warned.Of(key, "another port at every start", $"{key}=127.0.0.1:0");

    [Fact]
    public void A_port_that_is_named_is_sound() => Warned.OfNothing("listeners.web.bind=127.0.0.1:81", "node.admin.bind=127.0.0.1:82");
}
