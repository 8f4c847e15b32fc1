namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class TcpListenersTests
{
    [Theory]
    [InlineData("trusted-proxies=[\"10.0.0.0/8\"]")]
    [InlineData("forwarded=true")]
    [InlineData("via=off")]
    [InlineData("path=strict")]
    [InlineData("merge-slashes=true")]
    [InlineData("limits.head=32KiB")]
    [InlineData("timeouts.request-head=1s")]
    public void What_is_of_requests_does_nothing_on_a_tcp_listener(string setting)
    {
        var key = setting.Split('=')[0].Split('.')[0];
        Warned.Of($"listeners.web.{key}", "a tcp listener sees no requests", "listeners.web.protocol=tcp", $"listeners.web.{setting}");
        Warned.OfNothing("listeners.web.protocol=http", $"listeners.web.{setting}");
    }

    [Fact]
    public void A_tcp_listener_alone_is_sound() => Warned.OfNothing("listeners.web.protocol=tcp",
        "listeners.web.max-connections=7", "pools.app.health.type=tcp");
}
