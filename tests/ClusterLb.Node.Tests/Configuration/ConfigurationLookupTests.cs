using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

/// <summary>Substitutions, null, <c>+=</c> and includes, over all sources of a configuration.</summary>
public class ConfigurationLookupTests
{
    [Fact]
    public void Substitutions_see_every_source_whatever_comes_later()
    {
        using var first = new ConfFile(Conf.Minimal + """
            clusterlb.node { name = one, host = ${clusterlb.node.name}.example.com, drain-delay = ${clusterlb.node.drain-timeout} }
            """);
        using var second = new ConfFile("clusterlb.node.name = two");
        var environment = new Dictionary<string, string> { ["CLUSTERLB__NODE__NAME"] = "three" };

        var files = Read([first.Path, second.Path], []);
        var variable = Read([first.Path, second.Path], [], environment);
        var setting = Read([first.Path, second.Path], ["node.name=four"], environment);

        Assert.Equal("two.example.com", files.Node.Host);
        Assert.Equal("three.example.com", variable.Node.Host);
        Assert.Equal("four.example.com", setting.Node.Host);
        Assert.Equal(TimeSpan.FromSeconds(30), files.Node.DrainDelay);
    }

    [Fact]
    public void A_variable_of_the_environment_has_whatever_name_it_has()
    {
        const string Text = Conf.Minimal
            + "clusterlb { node.name = ${?POD_NAME}, store.redis.password = ${?PASSWORD}, cluster.seeds = ${?SEEDS[]} }";
        var environment = new Dictionary<string, string> { ["POD_NAME"] = "pod-7", ["PASSWORD"] = "p", ["SEEDS_0"] = "10.0.0.1:4053" };

        var without = Conf.Legal(Conf.Read(Text));
        var with = Conf.Legal(Conf.Read(Text, environment));

        Assert.Equal(("lb1", "", 0), (without.Node.Name, without.Store.Redis.Password.Plain, without.Cluster.Seeds.Count));
        Assert.Equal(("pod-7", "p", 1), (with.Node.Name, with.Store.Redis.Password.Plain, with.Cluster.Seeds.Count));
    }

    [Fact]
    public void What_comes_from_the_environment_and_is_wrong_names_the_variable()
    {
        var environment = new Dictionary<string, string> { ["DELAY"] = "soon" };

        var problem = Conf.Single(Conf.Read(Conf.Minimal + "clusterlb.node.drain-delay = ${DELAY}", environment));

        Assert.Equal(("environment DELAY", "clusterlb.node.drain-delay"), (problem.Source, problem.Key));
    }

    [Theory]
    [InlineData("clusterlb.node.drain-delay = null")]
    [InlineData("clusterlb.node.drain-delay = 7s\nclusterlb.node.drain-delay = null")]
    [InlineData("clusterlb.node = null")]
    [InlineData("clusterlb { node { drain-delay = ${nothing} } }\nnothing = null")]
    [InlineData("clusterlb.node.drain-delay = ${?NOTHING}")]
    public void What_is_null_or_missing_has_its_default(string text) =>
        Assert.Equal(TimeSpan.FromSeconds(5), Conf.Legal(Conf.Read(Conf.Minimal + text)).Node.DrainDelay);

    [Fact]
    public void Null_takes_back_what_an_earlier_source_set()
    {
        const string Two = Conf.Minimal + """
            clusterlb {
              pools.app { queue.length = 7, backends.a2.address = "127.0.0.1:9002" }
              pool-defaults.slow-start = 3s
            }

            """;

        var pool = Conf.Legal(Conf.Read(
            Two + "clusterlb { pools.app { queue = null, backends.a2 = null }, pool-defaults.slow-start = null }")).Pools[0];

        Assert.Equal((1_000, 1, TimeSpan.Zero), (pool.Queue.Length, pool.Backends.Count, pool.SlowStart));
        Assert.Single(Conf.Legal(Conf.Read(Two, "pools.app.backends.a2=null")).Pools[0].Backends);
        Assert.Equal(1_000, Conf.Legal(Conf.Read(
            Two, new Dictionary<string, string> { ["CLUSTERLB__POOLS__APP__QUEUE__LENGTH"] = "null" })).Pools[0].Queue.Length);
    }

    [Fact]
    public void Plus_equals_adds_to_a_default_and_to_an_earlier_file()
    {
        using var first = new ConfFile(
            Conf.Minimal + "clusterlb { pool-defaults.health.expected-status += 204, listeners.web.upgrades = [websocket] }");
        using var second = new ConfFile("clusterlb.listeners.web.upgrades += mqtt");

        var config = Read([first.Path, second.Path], []);

        Assert.Equal([200, 204], Assert.IsType<HttpProbeOptions>(config.Pools[0].Health.Probe).ExpectedStatus);
        Assert.Equal(["websocket", "mqtt"], config.Listeners[0].Upgrades);
    }

    [Fact]
    public void A_key_beside_the_block_is_legal_if_something_takes_it()
    {
        var text = Conf.Minimal + """
            base { health.interval = 7s, queue.length = 8, backends.b1.address = "127.0.0.1:1" }
            port = 9443
            clusterlb {
              pools.east = ${base} { queue.length = 9, backends.b1.address = "127.0.0.1:"${port} }
              pools.app.health = ${base.health}
            }

            """;

        var config = Conf.Legal(Conf.Read(text));

        var east = config.Pools.Single(pool => pool.Name == "east");
        Assert.Equal((TimeSpan.FromSeconds(7), 9, 9443), (east.Health.Interval, east.Queue.Length, east.Backends[0].EndPoint.Port));
        Assert.Equal(TimeSpan.FromSeconds(7), config.Pools[0].Health.Interval);
        Assert.Equal("bse", Conf.Single(Conf.Read(text + "bse { health.interval = 8s }")).Key);
    }

    [Fact]
    public void A_value_from_another_place_is_wrong_where_it_was_written()
    {
        using var folder = new ConfFolder(
            ("a.conf", $"{Conf.Minimal}\nclusterlb {{ include \"in/b.conf\" }}\nbase {{ weight = many }}"),
            ("in/b.conf", "\npools.app.backends.a1 = ${base}\nnode.drain-delay = soon\nnode.nam = x"));

        var result = ConfigurationReader.Read(new ConfigurationSources([folder.PathOf("a.conf")], [], new Dictionary<string, string>()));

        Assert.Equal(
            [
                "a.conf:10: clusterlb.pools.app.backends.a1.weight: is \"many\"; it must be a whole number from 0 to 256",
                "in/b.conf:3: clusterlb.node.drain-delay: is \"soon\"; it must be a duration from 0s to 10m, such as 200ms, 5s, 1m or 1h",
                "in/b.conf:4: clusterlb.node.nam: unknown key; did you mean \"name\"?",
            ],
            result.Problems.Select(problem => folder.Shorten(problem.ToString())).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_problem_of_a_quoted_name_has_its_quotes_and_its_line()
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal + """
            clusterlb {
              listeners."my.web" {
                bind = "127.0.0.1:8081"
                routes = [
                  { path = /a, pool = app }
                  { path = /b
                    pool = ap }
                ]
              }
            }
            """));

        Assert.Equal("clusterlb.listeners.\"my.web\".routes[1].pool", problem.Key);
        Assert.EndsWith(":14", problem.Source, StringComparison.Ordinal);
    }

    private static ClusterLbConfig Read(string[] files, string[] settings, Dictionary<string, string>? environment = null) =>
        Conf.Legal(ConfigurationReader.Read(new ConfigurationSources(files, settings, environment ?? [])));
}
