namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class TrustedProxiesTests
{
    [Fact]
    public void A_mapped_network_trusts_nobody() =>
        Warned.Of("listeners.web.trusted-proxies", "it must be \"10.0.0.0/8\"", "listeners.web.trusted-proxies=[\"::ffff:10.0.0.0/104\"]");

    [Theory]
    [InlineData("10.1.2.3/8", "it must be \"10.0.0.0/8\", or \"10.1.2.3/32\" for one proxy")]
    [InlineData("fd00::1/8", "it must be \"fd00::/8\", or \"fd00::1/128\" for one proxy")]
    public void A_network_by_one_of_its_addresses_is_all_of_it(string network, string message)
    {
        Warned.Of("listeners.web.trusted-proxies", message, $"listeners.web.trusted-proxies=[\"192.0.2.0/24\",\"{network}\"]");
        Warned.Of("listeners.web.trusted-proxies", message, $"listeners.web.trusted-proxies={network}");
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("10.1.2.3/0")]
    public void Everybody_is_no_proxy(string network) =>
        Warned.Of("listeners.web.trusted-proxies", "it must be the networks of the proxies in front",
            $"listeners.web.trusted-proxies={network}");

    [Fact]
    public void Networks_of_both_families_are_sound() =>
        Warned.OfNothing("listeners.web.trusted-proxies=[\"10.0.0.0/8\",\"fd00::/8\"]");
}
