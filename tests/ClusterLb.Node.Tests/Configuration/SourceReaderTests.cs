using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration.Changes;

namespace ClusterLb.Node.Tests.Configuration;

public class SourceReaderTests
{
    private const string Sound = """
        clusterlb {
          listeners.web { bind = "127.0.0.1:8080", pool = app }
          pools.app.backends.a1.address = "127.0.0.1:9001"
        }

        """;

    private const string Cloud = "pools.app.backends.cloud";

    [Fact]
    public void A_block_with_discover_is_a_source_beside_fixed_backends_with_defaults_of_its_own()
    {
        var pool = Conf.Legal(Conf.Read(Sound, "pools.app.backends.cloud.discover=dns:app.example.com:8080")).Pools[0];

        Assert.Single(pool.Backends);
        Assert.Equal(
            new SourceConfig
            {
                Name = "cloud",
                Discover = "dns:app.example.com:8080",
                Location = "dns:app.example.com:8080",
                Weight = 1,
                MaxInFlight = 0,
                Refresh = TimeSpan.Zero,
                Max = 1_000,
            },
            Assert.Single(pool.Sources));
    }

    [Fact]
    public void Every_key_of_a_source_does_something()
    {
        var source = Assert.Single(Conf.Legal(Conf.Read(Sound + """
            clusterlb.pools.app.backends.cloud {
              discover = "srv:_http._tcp.example.com", weight = 3, max-in-flight = 4, refresh = 10s, max = 5
            }
            """)).Pools[0].Sources);

        Assert.Equal((3, 4, TimeSpan.FromSeconds(10), 5), (source.Weight, source.MaxInFlight, source.Refresh, source.Max));
    }

    [Fact]
    public void Defaults_of_backends_are_those_of_sources_too()
    {
        var source = Assert.Single(Conf.Legal(Conf.Read(Sound,
            $"{Cloud}.discover=dns:a:1", "backend-defaults.refresh=7s", "backend-defaults.max=9", "backend-defaults.weight=2"))
            .Pools[0].Sources);

        Assert.Equal((TimeSpan.FromSeconds(7), 9, 2), (source.Refresh, source.Max, source.Weight));
    }

    [Theory]
    [InlineData("discover=consul:app", "it must be one of dns:app.example.com:8080, srv:_http._tcp.example.com, file:backends.json")]
    [InlineData("discover=app.example.com:80", "it must be one of dns:")]
    [InlineData("discover=dns:app.example.com", "it must be dns:NAME:PORT with a host name and a port from 1 to 65535")]
    [InlineData("discover=dns:app.example.com:0", "it must be dns:NAME:PORT")]
    [InlineData("discover=dns:app.example.com:65536", "it must be dns:NAME:PORT")]
    [InlineData("discover=dns:10.0.0.1:80", "it must be dns:NAME:PORT")]
    [InlineData("discover=dns:a b:80", "it must be dns:NAME:PORT")]
    [InlineData("discover=srv:", "it must be srv:NAME")]
    [InlineData("discover=srv:a/b", "it must be srv:NAME")]
    [InlineData("discover=file:", "it must be file:PATH")]
    [InlineData("max=0", "from 1 to 10000")]
    [InlineData("max=10001", "from 1 to 10000")]
    [InlineData("refresh=500ms", "ttl or a duration from 1s to 1h")]
    [InlineData("refresh=2h", "ttl or a duration from 1s to 1h")]
    [InlineData("weight=257", "from 0 to 256")]
    [InlineData("max-in-flight=-1", "from 0 to 1000000")]
    [InlineData("address=10.0.0.1:80", "is given beside discover")]
    public void A_bad_value_is_a_line_with_what_is_legal(string setting, string expected)
    {
        var result = Conf.Read(Sound, $"{Cloud}.discover=dns:app.example.com:80", $"{Cloud}.{setting}");

        var problem = Conf.Single(result);
        Assert.Equal($"clusterlb.{Cloud}.{setting[..setting.IndexOf('=', StringComparison.Ordinal)]}", problem.Key);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_sources_of_a_pool_may_not_be_the_same()
    {
        var problem = Conf.Single(Conf.Read(
            Sound, "pools.app.backends.one.discover=dns:a:1", "pools.app.backends.two.discover=dns:a:1"));

        Assert.Contains("one and two have the same source dns:a:1", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_that_changes_comes_or_goes_is_a_change_of_its_keys()
    {
        var (none, one) = (Read(), Read("pools.app.backends.cloud.discover=dns:a:1"));

        Assert.Equal(["pools.app.backends.cloud added: dns:a:1"], Changes(none, one));
        Assert.Equal(["pools.app.backends.cloud removed"], Changes(one, none));
        Assert.Equal(["pools.app.backends.cloud.max: 1000 -> 7"],
            Changes(one, Read("pools.app.backends.cloud.discover=dns:a:1", "pools.app.backends.cloud.max=7")));
        Assert.Equal([$"{Cloud}: 10.0.0.1:80 -> dns:a:1"], Changes(Read($"{Cloud}.address=10.0.0.1:80"), one));
    }

    [Fact]
    public void Where_a_file_is_on_a_node_is_its_own_business()
    {
        var one = Read("pools.app.backends.cloud.discover=file:backends.json");
        Assert.Equal("file:backends.json", one.Pools[0].Sources[0].Location);
        var source = one.Pools[0].Sources[0] with { Location = "file:/etc/b.json" };
        var elsewhere = one with { Pools = [one.Pools[0] with { Sources = [source] }] };
        Assert.Equal(Node.Configuration.Fingerprint.Of(one), Node.Configuration.Fingerprint.Of(elsewhere));
    }

    private static ClusterLbConfig Read(params string[] settings) => Conf.Legal(Conf.Read(Sound, settings));

    private static IEnumerable<string> Changes(ClusterLbConfig from, ClusterLbConfig to) =>
        ConfigurationDifference.Between(from, to).Changes.Select(change => change.ToString());
}
