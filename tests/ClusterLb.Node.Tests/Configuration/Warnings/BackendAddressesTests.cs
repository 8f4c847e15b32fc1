namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class BackendAddressesTests
{
    [Theory]
    [InlineData("0.0.0.0:80", "every address of this machine")]
    [InlineData("[::]:80", "every address of this machine")]
    [InlineData("224.0.0.1:80", "is a group of machines")]
    [InlineData("255.255.255.255:80", "is a group of machines")]
    [InlineData("[ff02::1]:80", "is a group of machines")]
    public void An_address_that_is_no_servers(string address, string message) =>
        Warned.Of("pools.app.backends.a1.address", message, $"pools.app.backends.a1.address={address}");

    [Theory]
    [InlineData("10.0.0.1:80")]
    [InlineData("[fe80::1]:80")]
    public void One_of_a_server_is_sound(string address) => Warned.OfNothing($"pools.app.backends.a1.address={address}");
}
