using static ClusterLb.DataPlane.Tests.Http.Wire.Forwardings;

namespace ClusterLb.DataPlane.Tests.Http.Wire;

public sealed class ForwardingRulesTests
{
    [Theory]
    [InlineData("websocket", true)]
    [InlineData("WebSocket", true)]
    [InlineData("h2c", false)]
    [InlineData("websocket2", false)]
    [InlineData("", false)]
    public void Only_configured_protocols_may_be_upgraded_to(string protocol, bool allowed) =>
        Assert.Equal(allowed, Rules().AllowsUpgrade(Requests.Bytes(protocol)));

    [Fact]
    public void H2c_is_refused_even_when_configured()
    {
        var rules = new DataPlane.Http.Wire.ForwardingRules
        {
            Scheme = [], ViaToken = [], DefaultAuthority = [], SendForwarded = false, TrustedProxies = [], Upgrades = ["h2c"u8.ToArray(), "H2C"u8.ToArray()],
        };
        Assert.False(rules.AllowsUpgrade("h2c"u8));
        Assert.False(rules.AllowsUpgrade("H2C"u8));
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("11.1.2.3", false)]
    [InlineData("2001:db8::1", false)]
    public void Trust_follows_the_address(string client, bool trusted) => Assert.Equal(trusted, From(client).TrustsClient);
}
