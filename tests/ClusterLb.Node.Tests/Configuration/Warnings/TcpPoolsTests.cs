namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class TcpPoolsTests
{
    private const string Tcp = "listeners.web.protocol=tcp";

    [Theory]
    [InlineData("timeouts.response")]
    [InlineData("timeouts.idle")]
    public void Times_of_requests_do_nothing_where_none_are_seen(string key) => Warned.Of(
        $"pools.app.{key}", "only tcp listeners use this pool", Tcp, "pools.app.health.type=tcp", $"pools.app.{key}=5s");

    [Fact]
    public void Nor_do_statuses() => Warned.Of("pools.app.passive.status", "only tcp listeners use this pool", Tcp,
        "pools.app.health.type=tcp", "pools.app.passive.status=[503]");

    [Fact]
    public void A_server_that_speaks_no_HTTP_does_not_pass_the_default_check() =>
        Assert.Contains(Warned.Lines(Warned.Sound, Tcp), line => line.Contains("pools.app.health.type: is http by default",
            StringComparison.Ordinal));

    [Theory]
    [InlineData("pools.app.health.type=tcp")]
    [InlineData("pools.app.health.type=http")]
    [InlineData("pools.app.health.path=/health")]
    [InlineData("pool-defaults.health.type=tcp")]
    public void A_check_that_was_chosen_is_meant(string setting) => Warned.OfNothing(Tcp, setting);

    [Fact]
    public void A_pool_that_requests_come_to_as_well_is_sound() =>
        Warned.OfNothing("listeners.raw={ bind = \"127.0.0.1:8081\", protocol = tcp, pool = app }", "pools.app.timeouts.response=5s");
}
