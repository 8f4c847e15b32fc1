using ClusterLb.ControlPlane.Probing;
using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

public class ConfigurationSourcesTests
{
    [Fact]
    public void Later_sources_win_reference_then_files_then_environment_then_settings()
    {
        using var first = new ConfFile(Conf.Minimal
            + "clusterlb.node { name = first, host = first, cluster-port = 1001, drain-delay = 1s }");
        using var second = new ConfFile("clusterlb.node { host = second, cluster-port = 1002, drain-delay = 2s }");
        var environment = new Dictionary<string, string>
        {
            ["CLUSTERLB__NODE__CLUSTER_PORT"] = "1003",
            ["CLUSTERLB__NODE__DRAIN_DELAY"] = "3s"
        };

        var node = Conf.Legal(ConfigurationReader.Read(new ConfigurationSources([first.Path, second.Path], ["node.drain-delay=4s"],
            environment))).Node;

        Assert.Equal(TimeSpan.FromSeconds(30), node.DrainTimeout);
        Assert.Equal("first", node.Name);
        Assert.Equal("second", node.Host);
        Assert.Equal(1003, node.ClusterPort);
        Assert.Equal(TimeSpan.FromSeconds(4), node.DrainDelay);
    }

    [Fact]
    public void A_later_file_adds_to_a_map_and_replaces_a_list()
    {
        using var first = new ConfFile(Conf.Minimal + "clusterlb.pool-defaults.health.expected-status = [200, 204]");
        using var second = new ConfFile("clusterlb.pools.app { backends.a2.address = \"127.0.0.1:9002\", health.expected-status = [201] }");

        var pool = Conf.Legal(ConfigurationReader.Read(new ConfigurationSources([first.Path, second.Path], [],
            new Dictionary<string, string>()))).Pools[0];

        Assert.Equal(["a1", "a2"], pool.Backends.Select(backend => backend.Name));
        Assert.Equal([201], Assert.IsType<HttpProbeOptions>(pool.Health.Probe).ExpectedStatus);
    }

    [Fact]
    public void In_one_file_a_later_key_wins() =>
        Assert.Equal("two", Conf.Legal(Conf.Read(Conf.Minimal + "clusterlb.node.name = one\nclusterlb { node { name = two } }")).Node.Name);

    [Theory]
    [InlineData("CLUSTERLB__NODE__ACCESS_LOG__FORMAT")]
    [InlineData("clusterlb__node__access_log__format")]
    [InlineData("Clusterlb__Node__Access_Log__Format")]
    public void In_the_environment_two_underscores_are_a_dot_and_one_is_a_dash(string name) =>
        Assert.Equal(Core.Configuration.AccessLogFormat.Json,
            Conf.Legal(Conf.Read(Conf.Minimal, new Dictionary<string, string> { [name] = "json" })).Node.AccessLog.Format);

    [Theory]
    [InlineData("CLUSTERLB__POOLS__MY_POOL__BALANCE", "my.pool")]
    [InlineData("CLUSTERLB__POOLS__MY___2EPOOL__BALANCE", "my.pool")]
    [InlineData("CLUSTERLB__POOLS__UPPER__BALANCE", "Upper")]
    [InlineData("CLUSTERLB__POOLS__A_B__BALANCE", "a_b")]
    public void The_environment_reaches_names_of_any_case_and_sign(string name, string pool)
    {
        const string Pools = """
            clusterlb.pools {
              "my.pool".backends.b.address = "127.0.0.1:1"
              Upper.backends.b.address = "127.0.0.1:2"
              a_b.backends.b.address = "127.0.0.1:3"
            }
            """;

        var config = Conf.Legal(Conf.Read(Conf.Minimal + Pools, new Dictionary<string, string> { [name] = "random" }));

        Assert.Equal([pool], config.Pools.Where(one => one.Balance == "random").Select(one => one.Name));
    }

    [Fact]
    public void A_list_may_come_by_a_variable_for_each_item()
    {
        var environment = new Dictionary<string, string>
        {
            ["CLUSTERLB__CLUSTER__SEEDS__0"] = "10.0.0.1:4053",
            ["CLUSTERLB__CLUSTER__SEEDS__1"] = "10.0.0.2:4053",
            ["CLUSTERLB__LISTENERS__WEB__ROUTES__0__PATH"] = "/a",
        };

        var config = Conf.Legal(Conf.Read(Conf.Minimal, environment));

        Assert.Equal(["10.0.0.1", "10.0.0.2"], config.Cluster.Seeds.Select(seed => seed.Host));
        Assert.Equal("/a", config.Listeners[0].Routes[0].Path);
    }

    [Theory]
    [InlineData("CLUSTERLB____NODE", "is no name of a key")]
    [InlineData("CLUSTERLB__POOLS__A_B__BALANCE", "could be \"a.b\" (CLUSTERLB__POOLS__A___2EB) or a_b (CLUSTERLB__POOLS__A___5FB)")]
    public void A_variable_that_is_no_key_or_two_is_one_line_that_names_it(string name, string expected)
    {
        const string Text = Conf.Minimal + "clusterlb.pools { \"a.b\" {}, a_b {} }";

        var problem = Conf.Single(Conf.Read(Text, new Dictionary<string, string> { [name] = "x" }));

        Assert.Equal($"environment {name}", problem.Source);
        Assert.StartsWith(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_variables_are_none_of_ours() =>
        Conf.Legal(Conf.Read(Conf.Minimal,
            new Dictionary<string, string>
            {
                ["CLUSTERLB_TOKEN"] = "secret",
                ["PATH"] = "/bin",
                ["CLUSTERLB"] = "x",
                ["NODE__NAME"] = "x"
            }));

    [Fact]
    public void A_problem_in_the_environment_names_the_variable()
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal, new Dictionary<string, string> { ["CLUSTERLB__NODE__DRAIN_DELAY"] = "soon" }));

        Assert.Equal("environment CLUSTERLB__NODE__DRAIN_DELAY", problem.Source);
        Assert.Equal("clusterlb.node.drain-delay", problem.Key);
    }

    [Theory]
    [InlineData("node.name=lb7")]
    [InlineData("clusterlb.node.name=lb7")]
    public void A_setting_may_begin_at_the_root_or_inside_it(string setting) =>
        Assert.Equal("lb7", Conf.Legal(Conf.Read(Conf.Minimal, setting)).Node.Name);

    [Fact]
    public void A_setting_may_be_a_list_or_a_block_and_may_hold_an_equals_sign()
    {
        var config = Conf.Legal(Conf.Read(
            Conf.Minimal,
            "listeners.web.upgrades=[websocket]",
            "pools.app.backends.a2={ address = \"127.0.0.1:9002\", weight = 3 }",
            "listeners.web.routes=[{ path = /a, cookie = \"beta=1\", pool = app }]",
            "node.admin.token=a=b23456789012345"));

        Assert.Equal(["websocket"], config.Listeners[0].Upgrades);
        Assert.Equal(3, config.Pools[0].Backends[1].Weight);
        Assert.Equal("1", config.Listeners[0].Routes[0].CookieValue);
        Assert.Equal("a=b23456789012345", config.Node.Admin.Token);
    }

    [Theory]
    [InlineData("pools.\"my.pool\".balance=random")]
    [InlineData("clusterlb.pools.\"my.pool\".balance=random")]
    [InlineData("\"pools\".\"my\\u002epool\".\"balance\"=random")]
    [InlineData("pools={ \"my.pool\".balance = random }")]
    public void The_key_of_a_setting_has_quotes_where_a_file_would_have_them(string setting)
    {
        var config = Conf.Legal(Conf.Read(Conf.Minimal + "clusterlb.pools.\"my.pool\".backends.b.address = \"127.0.0.1:1\"", setting));

        Assert.Equal(("my.pool", "random"), (config.Pools[1].Name, config.Pools[1].Balance));
    }

    [Fact]
    public void A_quoted_name_may_hold_an_equals_sign() =>
        Assert.Equal("clusterlb.\"a=b\"", Conf.Single(Conf.Read(Conf.Minimal, "\"a=b\".c=1")).Key);

    [Fact]
    public void A_setting_may_add_to_a_list()
    {
        const string Text = Conf.Minimal + "clusterlb.cluster.seeds = [\"10.0.0.1:4053\"]";

        var config = Conf.Legal(Conf.Read(Text, "cluster.seeds+=10.0.0.2:4053", "listeners.web.upgrades+=websocket"));

        Assert.Equal(["10.0.0.1", "10.0.0.2"], config.Cluster.Seeds.Select(seed => seed.Host));
        Assert.Equal(["websocket"], config.Listeners[0].Upgrades);
    }

    [Fact]
    public void A_value_that_is_no_list_block_or_null_is_a_text_as_it_stands()
    {
        foreach (var value in new[] { "a=b", "${x}", "\"q\"", "a#b", "a//b", "nullable", "+=" })
            Assert.Equal(value, Conf.Legal(Conf.Read(Conf.Minimal, $"store.redis.password={value}")).Store.Redis.Password.Plain);
    }

    [Theory]
    [InlineData("node.name", "must be KEY=VALUE")]
    [InlineData("pools.\"my.pool=x", "must be KEY=VALUE")]
    [InlineData("node#x.name=x", "must be KEY=VALUE")]
    [InlineData("node.${x}=1", "unknown key: ")]
    [InlineData("node:name=x", "unknown key: unexpected ':'")]
    [InlineData("listeners.web.routes=[{ include \"x.conf\" }]", "only a file can include files")]
    [InlineData("listeners.web.upgrades=[${none}]", "${none} is set neither in the configuration nor in the environment")]
    [InlineData("=x", "must be KEY=VALUE")]
    [InlineData("listeners.web.upgrades=[websocket", "']' is missing")]
    [InlineData("node.nam=x", "did you mean \"name\"?")]
    [InlineData("a..b=1", "unknown key")]
    [InlineData(".=1", "unknown key")]
    public void A_bad_setting_is_one_line_that_names_it(string setting, string expected)
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal, setting));

        Assert.StartsWith("--set", problem.Source, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/file.conf", "no such file")]
    [InlineData("/", "is a directory")]
    [InlineData("", "must be a file")]
    public void A_file_that_is_none_is_one_line(string path, string expected)
    {
        var problem = Conf.Single(ConfigurationReader.Read(new ConfigurationSources([path], [], new Dictionary<string, string>())));

        Assert.Contains(expected, problem.ToString(), StringComparison.Ordinal);
        Assert.StartsWith(path, problem.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_syntax_is_one_line_with_file_and_line()
    {
        using var file = new ConfFile("clusterlb {\n  node {\n    name = lb1\n");

        var problem = Conf.Single(ConfigurationReader.Read(new ConfigurationSources([file.Path], [], new Dictionary<string, string>())));

        Assert.Equal($"{file.Path}:4: the block that begins at line 2 is not closed; '}}' is missing", problem.ToString());
    }

    [Fact]
    public void All_files_that_cannot_be_read_are_named_at_once()
    {
        using var broken = new ConfFile("a = ");

        var result = ConfigurationReader.Read(new ConfigurationSources(["/no/such/file.conf", broken.Path], ["x"],
            new Dictionary<string, string>()));

        Assert.Equal(3, result.Problems.Count);
    }
}
