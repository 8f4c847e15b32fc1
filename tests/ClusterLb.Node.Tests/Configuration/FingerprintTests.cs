namespace ClusterLb.Node.Tests.Configuration;

public sealed class FingerprintTests
{
    private const string Two = """
        clusterlb {
          listeners { web { bind = "127.0.0.1:8080", pool = app } }
          pools { app { backends { a1 { address = "127.0.0.1:9001" }, a2 { address = "127.0.0.1:9002" } } },
                  other { backends { o1 { address = "127.0.0.1:9003" } } } }
        }
        """;

    [Fact]
    public void How_it_is_written_does_not_matter()
    {
        const string Otherwise = """
            clusterlb.pools.other.backends.o1.address = "127.0.0.1:9003"
            clusterlb.pools.app { health.interval = 5000ms, backends { a2.address = "127.0.0.1:9002", a1.address = "127.0.0.1:9001" } }
            clusterlb.listeners.web { pool = app, bind = "127.0.0.1:8080" }
            """;

        Assert.Equal(Of(Two), Of(Otherwise));
    }

    [Theory]
    [InlineData("node.name=lb2")]
    [InlineData("node.event-loops=7")]
    [InlineData("listeners.web.bind=0.0.0.0:8081")]
    [InlineData("cluster.name-servers=[127.0.0.1]")]
    public void What_is_a_nodes_own_does_not_matter(string setting) => Assert.Equal(Of(Two), Of(Two, setting));

    [Theory]
    [InlineData("pools.app.backends.a1.weight=2")]
    [InlineData("pools.app.backends.a1.address=127.0.0.1:9009")]
    [InlineData("pools.app.health.interval=1s")]
    [InlineData("pools.app.balance=random")]
    [InlineData("listeners.web.routes=[{ path = /a, pool = other }]")]
    [InlineData("listeners.web.timeouts.keep-alive=1s")]
    [InlineData("listeners.web.trusted-proxies=[10.0.0.0/8]")]
    [InlineData("cluster.seeds=[\"10.0.0.1:4053\"]")]
    public void Whatever_makes_nodes_act_differently_does(string setting) => Assert.NotEqual(Of(Two), Of(Two, setting));

    [Theory]
    [InlineData("listeners.web.routes", "{ name = a, path-prefix = /a, pool = app }", "{ name = b, host = x.example, pool = other }")]
    [InlineData("sticky.keys", "{ id = z, secret = \"0123456789abcdef\" }", "{ id = a, secret = \"0123456789abcdef\" }")]
    public void Where_the_order_decides_it_matters(string key, string one, string other) =>
        Assert.NotEqual(Of(Two, $"{key}=[{one}, {other}]"), Of(Two, $"{key}=[{other}, {one}]"));

    private static string Of(string text, params string[] settings) => Conf.Legal(Conf.Read(text, settings)).Fingerprint;
}
