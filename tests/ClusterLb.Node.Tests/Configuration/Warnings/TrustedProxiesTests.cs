namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class TrustedProxiesTests
{
    [Fact]
    public void A_mapped_network_trusts_nobody() =>
        Warned.Of("listeners.web.trusted-proxies", "it must be \"10.0.0.0/8\"", "listeners.web.trusted-proxies=[\"::ffff:10.0.0.0/104\"]");

    [Fact]
    public void Networks_of_both_families_are_sound() =>
        Warned.OfNothing("listeners.web.trusted-proxies=[\"10.0.0.0/8\",\"fd00::/8\",\"::/0\"]");
}
