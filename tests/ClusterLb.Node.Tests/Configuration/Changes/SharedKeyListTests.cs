using ClusterLb.Node.Configuration.Changes;

namespace ClusterLb.Node.Tests.Configuration.Changes;

public sealed class SharedKeyListTests
{
    private const string Text = Conf.Minimal + """
        clusterlb {
          pools.app { health { type = http, path = "/well", headers = { X-Key = secret } }, sticky.by = cookie }
          sticky.keys = [{ id = k1, secret = "0123456789abcdef" }]
          listeners.web.routes = [{ path = "/ab", pool = app }]
        }
        """;

    [Theory]
    [InlineData("pools.app.backends.a1.weight=2", "pools.app.backends.a1.weight: 1 2")]
    [InlineData("pools.app.balance=random", "pools.app.balance: p2c random")]
    [InlineData("pools.app.health.path=/ill", "pools.app.health.path: /well /ill")]
    [InlineData("pools.app.health.type=tcp", "pools.app.health.type: http tcp")]
    [InlineData("cluster.seeds=[\"10.0.0.1:4053\"]", "cluster.seeds: [] [10.0.0.1:4053]")]
    [InlineData("store.redis.endpoints=[\"10.0.0.1:6379\"]", "store.redis.endpoints: [127.0.0.1:6379] [10.0.0.1:6379]")]
    public void A_key_that_makes_another_fingerprint_is_in_it_as_an_operator_writes_it(string setting, string difference)
    {
        var (before, after) = (Of(), Of(setting));

        Assert.Contains(difference, before.Keys.Union(after.Keys)
            .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
            .Select(key => $"{key}: {before.GetValueOrDefault(key)} {after.GetValueOrDefault(key)}"));
    }

    [Fact]
    public void So_is_the_order_of_routes_which_decides()
    {
        static string OrderOf(string routes) =>
            Of($"listeners.web.routes=[{routes}]")["listeners.web.routes"];

        Assert.Equal(("a, b", "b, a"), (
            OrderOf("{ name = a, path-prefix = /a, pool = app }, { name = b, host = x.example, pool = app }"),
            OrderOf("{ name = b, host = x.example, pool = app }, { name = a, path-prefix = /a, pool = app }")));
    }

    [Theory]
    [InlineData("node.name=lb2")]
    [InlineData("listeners.web.bind=0.0.0.0:8081")]
    [InlineData("cluster.name-servers=[127.0.0.1]")]
    public void What_is_a_nodes_own_is_not_in_it(string setting) => Assert.Equal(Of(), Of(setting));

    [Fact]
    public void Sources_of_backends_are_in_it()
    {
        const string Found = """
            clusterlb {
              listeners.web { bind = "127.0.0.1:8080", pool = app }
              pools.app.backends { a1.address = "127.0.0.1:9001", found.discover = "dns:app.internal:80" }
            }
            """;

        var keys = SharedKeyList.Of(Conf.Legal(Conf.Read(Found))).ToDictionary(key => key.Key, key => key.Value);

        Assert.Equal(("127.0.0.1:9001", "dns:app.internal:80"),
            (keys["pools.app.backends.a1.address"], keys["pools.app.backends.found.discover"]));
    }

    [Fact]
    public void No_secret_is_in_it()
    {
        var values = string.Join('\n', Of().Values);

        Assert.DoesNotContain("0123456789abcdef", values, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", values, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Of(params string[] settings) => SharedKeyList.Of(Conf.Legal(Conf.Read(Text, settings)))
        .ToDictionary(key => key.Key, key => key.Value);
}
