using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration.Changes;
using ClusterLb.Testing;
using CsCheck;

namespace ClusterLb.Node.Tests.Configuration.Changes;

public sealed class ConfigurationDifferenceTests
{
    private const string Two = """
        clusterlb {
          listeners { web { bind = "127.0.0.1:8080", pool = app
            routes = [{ host = a.example.com, pool = app }, { path = /x, pool = app }] } }
          pools { app { health.type = tcp, backends { a1 { address = "127.0.0.1:9001" }, a2 { address = "127.0.0.1:9002" } } } }
          sticky.keys = [{ id = k1, secret = "0123456789abcdef" }]
        }

        """;

    [Fact]
    public void A_configuration_does_not_differ_from_itself() => Assert.Empty(Between(Two, Two));

    [Fact]
    public void How_it_is_written_makes_no_difference() => Assert.Empty(Between(Two, Two + """
        clusterlb.pools.app.health.interval = 5000ms
        clusterlb.pools.app.backends = null
        clusterlb.pools.app.backends { a2 { address = "127.0.0.1:9002" }, a1 { address = "127.0.0.1:9001", weight = 1 } }
        """));

    [Theory]
    [InlineData("pools.app.backends.a3.address=127.0.0.1:9003", "pools.app.backends.a3 added: 127.0.0.1:9003")]
    [InlineData("pools.app.backends.a2=null", "pools.app.backends.a2 removed")]
    [InlineData("pools.app.backends.a1.weight=7", "pools.app.backends.a1.weight: 1 -> 7")]
    [InlineData("pools.app.backends.a1.address=127.0.0.1:9009", "pools.app.backends.a1.address: 127.0.0.1:9001 -> 127.0.0.1:9009")]
    [InlineData("pools.app.balance=least-connections", "pools.app.balance: p2c -> least-connections")]
    [InlineData("pools.app.hash.key=header:X-Key", "pools.app.hash.key: source-ip -> header:X-Key")]
    [InlineData("pools.app.health.type=grpc", "pools.app.health.type: tcp -> grpc")]
    [InlineData("pools.app.health.type=none", "pools.app.health.type: tcp -> none")]
    [InlineData("pools.app.retry.on=[]", "pools.app.retry.on: [connect-failure, no-response] -> []")]
    [InlineData("pools.app.timeouts.response=90s", "pools.app.timeouts.response: 30s -> 90s")]
    [InlineData("pools.app.passive.status=[502, 503]", "pools.app.passive.status: [] -> [502, 503]")]
    [InlineData("pools.\"my.pool\".backends.b1.address=127.0.0.1:1", """pools."my.pool" added: p2c, 1 backend""")]
    [InlineData("listeners.web.bind=0.0.0.0:8080", "listeners.web.bind: 127.0.0.1:8080 -> 0.0.0.0:8080")]
    [InlineData("listeners.web.path=strict", "listeners.web.path: normalise -> strict")]
    [InlineData("listeners.web.max-connections=10", "listeners.web.max-connections: 65536 -> 10")]
    [InlineData("listeners.web.trusted-proxies=[\"10.0.0.0/8\"]", "listeners.web.trusted-proxies: [] -> [10.0.0.0/8]")]
    [InlineData("listeners.web.limits.head=8KiB", "listeners.web.limits.head: 16384 -> 8192")]
    [InlineData("listeners.api={ bind = \"127.0.0.1:8081\", pool = app }", "listeners.api added: 127.0.0.1:8081")]
    [InlineData("node.log.level=debug", "node.log.level: info -> debug")]
    [InlineData("node.access-log.format=json", "node.access-log.format: off -> json")]
    [InlineData("node.drain-delay=250ms", "node.drain-delay: 5s -> 250ms")]
    [InlineData("cluster.seeds=[\"10.0.0.1:4053\", \"dns:lb:4053\"]", "cluster.seeds: [] -> [10.0.0.1:4053, dns:lb:4053]")]
    public void One_setting_is_one_line(string setting, string line) => Assert.Equal([line], Between(Two, Two, setting));

    [Fact]
    public void Routes_are_told_by_their_names_and_their_order_counts()
    {
        Assert.Equal(
            ["""listeners.web.routes."path=/x" removed""", """listeners.web.routes."path=/y" added: pool app"""],
            Between(Two, Two, "listeners.web.routes=[{ host = a.example.com, pool = app }, { path = /y, pool = app }]").Order());
        Assert.Equal(
            ["listeners.web.routes: in one order -> in another"],
            Between(Two, Two, "listeners.web.routes=[{ path = /x, pool = app }, { host = a.example.com, pool = app }]"));
    }

    [Theory]
    [InlineData("sticky.keys=[{ id = k1, secret = \"fedcba9876543210\" }]", "sticky.keys.k1.secret changed")]
    [InlineData("sticky.keys=[{ id = k2, secret = \"fedcba9876543210\" }]", "sticky.keys.k1 removed")]
    [InlineData("node.admin.token=fedcba9876543210", "node.admin.token changed")]
    [InlineData("store.redis.user=fedcba9876543210", "store.redis.user changed")]
    public void Nobody_is_shown_a_secret(string setting, string line)
    {
        var lines = Between(Two, Two, setting);

        Assert.Contains(line, lines);
        Assert.DoesNotContain("fedcba", string.Concat(lines), StringComparison.Ordinal);
        Assert.DoesNotContain("0123", string.Concat(lines), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_found_out_later_is_no_difference()
    {
        var config = Conf.Legal(Conf.Read(Two));
        var found = config with
        {
            Pools = config.Pools.Select(pool => pool with
            {
                Backends = pool.Backends.Select(backend => backend with
                {
                    EndPoint = new IPEndPoint(IPAddress.Any, 1),
                    NameProblem = "unknown"
                }).ToEquatableList()
            }).ToEquatableList()
        };

        Assert.Empty(ConfigurationDifference.Between(config, found).Changes);
    }

    /// <summary>Every key that there is, in its block and with a value that is not its default.</summary>
    [Theory]
    [MemberData(nameof(ReferenceTests.Alternatives), MemberType = typeof(ReferenceTests))]
    public void Every_key_is_found(string key, string value)
    {
        var (before, after) = ReferenceTests.Around(key, value);

        var keys = ConfigurationDifference.Between(before, after).Changes.Select(change => change.Key).ToList();

        // A route that is called by its conditions is another one with others.
        var expected = key.StartsWith("route-defaults.", StringComparison.Ordinal)
            ? "listeners.web.routes"
            : key.Replace("backend-defaults.", "pools.app.backends.a1.", StringComparison.Ordinal)
                .Replace("listener-defaults.", "listeners.web.", StringComparison.Ordinal)
                .Replace("pool-defaults.", "pools.app.", StringComparison.Ordinal);
        Assert.Contains(keys, found => found == expected || found.StartsWith(expected + ".", StringComparison.Ordinal));
    }

    /// <summary>Whatever becomes of backends and weights: there and back is the same keys, and what does not differ is not told.</summary>
    [Fact]
    public void There_and_back_is_the_same_way()
    {
        var config = Configs.Of(Configs.Listener, Configs.Pool);
        var backends = Gen.Int[0, 3].Array[0, 5].Select(weights => config with
        {
            Pools =
            [
                Configs.Pool with
                {
                    Backends = weights.Select((weight, i) => Configs.Backend($"b{i}", new IPEndPoint(IPAddress.Loopback, 1 + i), weight))
                        .ToEquatableList()
                },
            ]
        });

        Gen.Select(backends, backends).Sample((one, other) =>
        {
            var (there, back) = (ConfigurationDifference.Between(one, other), ConfigurationDifference.Between(other, one));
            return there.Changes.Select(change => change.Key).SequenceEqual(back.Changes.Select(change => change.Key))
                && there.Changes.Count == 0 == (one == other)
                && there.Changes.All(change => change.Kind != ChangeKind.Changed || back.Changes.Any(way => way.Key == change.Key
                    && way.From == change.To && way.To == change.From))
                && there.Changes.Count(change => change.Kind == ChangeKind.Added) == Math.Max(0, Count(other) - Count(one));
        });

        static int Count(ClusterLbConfig config) => config.Pools[0].Backends.Count;
    }

    private static List<string> Between(string from, string to, params string[] settings) =>
        [.. ConfigurationDifference.Between(Conf.Legal(Conf.Read(from)), Conf.Legal(Conf.Read(to, settings))).Changes
            .Select(change => change.ToString())];
}
