namespace ClusterLb.Node.Tests.Configuration;

public class ConfigurationRulesTests
{
    [Fact]
    public void A_listener_with_an_unknown_pool_names_the_pools_there_are() =>
        AssertProblem("clusterlb.listeners.web.pool", "\"ap\" is not a pool; the pools are: app", "listeners.web.pool=ap");

    [Fact]
    public void A_route_with_an_unknown_pool_names_the_pools_there_are() =>
        AssertProblem("clusterlb.listeners.web.routes[0].pool", "\"ap\" is not a pool; the pools are: app",
            "listeners.web.routes=[{ path = /, pool = ap }]");

    [Fact]
    public void A_route_needs_a_pool() =>
        AssertProblem("clusterlb.listeners.web.routes[0].pool", "a route needs a pool", "listeners.web.routes=[{ path = /, pool = \"\" }]");

    [Theory]
    [InlineData("path", "/a/../b", "it must have the form that paths have here: \"/b\"")]
    [InlineData("path-prefix", "/%7euser/", "it must have the form that paths have here: \"/~user/\"")]
    [InlineData("path-prefix", "/caf%c3%a9", "it must have the form that paths have here: \"/caf%C3%A9\"")]
    [InlineData("path", "/100%", "% in the path without two hexadecimal digits")]
    public void A_routes_path_has_the_form_that_requests_have(string key, string path, string expected)
    {
        AssertProblem($"clusterlb.listeners.web.routes[0].{key}", expected, $"listeners.web.routes=[{{ {key} = \"{path}\", pool = app }}]");
        Conf.Legal(Conf.Read(Conf.Minimal, "listeners.web.path=raw", $"listeners.web.routes=[{{ {key} = \"{path}\", pool = app }}]"));
    }

    [Fact]
    public void A_listener_needs_a_pool_or_routes()
    {
        AssertProblem("clusterlb.listeners.web.pool", "a listener needs a pool or routes", "listeners.web.pool=");
        Conf.Legal(Conf.Read(Conf.Minimal, "listeners.web.pool=", "listeners.web.routes=[{ path = / }]"));
    }

    [Theory]
    [InlineData("127.0.0.1:8080")]
    [InlineData("*:8080")]
    [InlineData("0.0.0.0:8080")]
    public void Two_listeners_may_not_share_an_address(string bind) =>
        AssertProblem("clusterlb.listeners.second.bind", "is taken by listeners.web.bind already", $"listeners.second.bind={bind}");

    [Theory]
    [InlineData("[::]:8080", "0.0.0.0:8080")]
    [InlineData("[::]:8080", "127.0.0.1:8080")]
    [InlineData("*:8080", "[::]:8080")]
    [InlineData("*:8080", "[::1]:8080")]
    public void A_port_of_IPv4_and_the_same_of_IPv6_are_two(string one, string other) =>
        Conf.Legal(Conf.Read(Conf.Minimal, $"listeners.web.bind={one}", $"listeners.second.bind={other}"));

    [Theory]
    [InlineData("[::]:8080", "[::1]:8080")]
    [InlineData("[::1]:8080", "[::]:8080")]
    [InlineData("localhost:8080", "*:8080")]
    [InlineData("*:8080", "[::ffff:127.0.0.1]:8080")]
    public void All_addresses_of_a_family_have_each_of_them(string one, string other) =>
        AssertProblem("clusterlb.listeners.second.bind", "is taken by listeners.web.bind already", $"listeners.web.bind={one}",
            $"listeners.second.bind={other}");

    [Theory]
    [InlineData("10.0.0.1", "127.0.0.1:4053")]
    [InlineData("localhost", "127.0.0.1:4053")]
    [InlineData("lb1.example.com", "127.0.0.1:4053")]
    public void A_listener_may_not_take_the_cluster_port_where_it_is_really_bound(string host, string bind) =>
        AssertProblem("clusterlb.listeners.web.bind", "is taken by node.cluster-port already", $"node.host={host}",
            "cluster.seeds=[\"127.0.0.1:4053\"]", $"listeners.web.bind={bind}");

    [Fact]
    public void A_listener_beside_the_cluster_port_of_another_address_is_free() =>
        Conf.Legal(Conf.Read(Conf.Minimal, "node.host=10.0.0.1", "cluster.seeds=[\"127.0.0.1:4053\"]", "listeners.web.bind=10.0.0.1:4053"));

    [Fact]
    public void An_IPv4_address_beside_all_of_IPv6_leads_to_the_listener_that_has_it()
    {
        string[] settings = ["listeners.web.bind=[::]:9001", "listeners.four.bind=127.0.0.1:9001", "listeners.four.pool=other",
            "pools.other.backends.o1.address=127.0.0.1:9002"];

        // web is not at 127.0.0.1, so its backend a1 there is four, which goes on to another server.
        Conf.Legal(Conf.Read(Conf.Minimal, settings));
        AssertProblem("clusterlb.pools.app.backends.a1.address", "is listener web itself", "listeners.web.bind=[::]:9001");
    }

    [Fact]
    public void A_listener_may_not_take_the_admin_port() =>
        AssertProblem("clusterlb.listeners.web.bind", "is taken by node.admin.bind already", "listeners.web.bind=*:9000");

    [Fact]
    public void Two_addresses_of_one_port_are_two_addresses() =>
        Conf.Legal(Conf.Read(Conf.Minimal, "listeners.second.bind=127.0.0.2:8080"));

    [Theory]
    [InlineData("127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("127.0.0.1:8080", "localhost:8080")]
    [InlineData("127.0.0.1:8080", "0.0.0.0:8080")]
    [InlineData("*:8080", "127.0.0.1:8080")]
    [InlineData("*:8080", "127.3.2.1:8080")]
    [InlineData("*:8080", "10.1.2.3:8080")]
    [InlineData("*:8080", "[::ffff:127.0.0.1]:8080")]
    [InlineData("[::]:8080", "127.0.0.1:8080")]
    [InlineData("[::]:8080", "[::1]:8080")]
    [InlineData("[::1]:8080", "[::]:8080")]
    public void A_listener_may_not_be_its_own_backend(string bind, string backend)
    {
        foreach (var protocol in new[] { "http", "tcp" })
        {
            string[] settings = [$"listeners.web.protocol={protocol}", $"listeners.web.bind={bind}", "node.host=10.1.2.3",
                $"pools.app.backends.a1.address={backend}"];
            AssertProblem("clusterlb.pools.app.backends.a1.address", "is listener web itself, which uses this pool", settings);
        }

        AssertProblem(
            "clusterlb.pools.self.backends.s.address",
            "is listener web itself",
            $"listeners.web.bind={bind}", "node.host=10.1.2.3", $"pools.self.backends.s.address={backend}",
                "listeners.web.routes=[{ path = /a, pool = self }]");
    }

    [Theory]
    [InlineData("127.0.0.1:8080", "127.0.0.1:8081")]
    [InlineData("127.0.0.1:8080", "127.0.0.2:8080")]
    [InlineData("*:8080", "10.9.9.9:8080")]
    [InlineData("*:8080", "[::1]:8080")]
    public void Another_address_or_port_is_another_server(string bind, string backend) =>
        Conf.Legal(Conf.Read(Conf.Minimal, $"listeners.web.bind={bind}", $"pools.app.backends.a1.address={backend}"));

    [Fact]
    public void Listeners_may_not_lead_round_and_round()
    {
        string[] settings =
        [
            "listeners.one.bind=*:8081", "listeners.one.pool=two", "listeners.two.bind=127.0.0.1:8082", "listeners.two.pool=one",
                "listeners.two.protocol=tcp",
            "pools.one.backends.x.address=127.0.0.1:8081", "pools.two.backends.x.address=127.0.0.1:8082",
        ];

        AssertProblem("clusterlb.listeners.one.pool", "leads back to this listener, by way of two", settings);
        // With a route it depends on the request, and Via will tell.
        Conf.Legal(Conf.Read(Conf.Minimal, [.. settings, "listeners.one.routes=[{ path = /a, pool = two }]"]));
    }

    [Fact]
    public void A_way_over_another_listener_is_legal() =>
        Conf.Legal(Conf.Read(Conf.Minimal, "listeners.outer.bind=*:8081", "listeners.outer.pool=inner",
            "pools.inner.backends.x.address=127.0.0.1:8080"));

    [Fact]
    public void A_tcp_listener_has_no_routes() =>
        AssertProblem("clusterlb.listeners.web.routes", "a tcp listener sees no requests to route", "listeners.web.protocol=tcp",
        "listeners.web.routes=[{}]");

    [Fact]
    public void A_tcp_listener_has_no_upgrades() =>
        AssertProblem("clusterlb.listeners.web.upgrades", "a tcp listener sees no requests to upgrade", "listeners.web.protocol=tcp",
        "listeners.web.upgrades=[websocket]");

    [Theory]
    [InlineData("header:X-Key")]
    [InlineData("cookie:sid")]
    [InlineData("path")]
    public void A_tcp_listener_has_no_key_of_a_request(string key)
    {
        string[] settings = ["listeners.web.protocol=tcp", $"pools.app.hash.key={key}", "pools.app.balance=consistent-hash"];

        AssertProblem("clusterlb.pools.app.hash.key", "it must be source-ip", settings);
        Conf.Legal(Conf.Read(Conf.Minimal, settings[1..]));
    }

    [Theory]
    [InlineData(false, "pools.other.sticky.by=cookie")]
    [InlineData(false, "pools.other.sticky.by=cookie", "pools.other.sticky.cookie.path=/shop")]
    [InlineData(true, "pools.other.sticky.by=cookie", "pools.other.sticky.name=OTHER")]
    [InlineData(true, "pools.other.sticky.by=cookie", "pools.app.sticky.cookie.path=/app", "pools.other.sticky.cookie.path=/apple")]
    [InlineData(true, "pools.other.sticky.by=app-cookie", "pools.other.sticky.name=JSESSIONID")]
    [InlineData(false, "pools.other.sticky.by=app-cookie", "pools.other.sticky.name=SERVERID")]
    [InlineData(true, "pools.other.sticky.by=app-cookie", "pools.other.sticky.name=J",
        "pools.app.sticky.by=app-cookie", "pools.app.sticky.name=J")]
    [InlineData(true, "pools.other.sticky.by=cookie", "listeners.web.routes=[{ host = b.example, pool = other }]")]
    [InlineData(false, "pools.other.sticky.by=cookie", "listeners.web.routes=[{ host = b.example, path-prefix = /x, pool = other }]")]
    [InlineData(true, "pools.other.sticky.by=none")]
    [InlineData(true, "pools.other.sticky.by=cookie", "listeners.web.pool=", "listeners.web.routes=[{ host = a.example, pool = app }, { "
        + "host = b.example, pool = other }]")]
    [InlineData(false, "pools.other.sticky.by=cookie", "listeners.web.pool=", "listeners.web.routes=[{ host = a.example, pool = app }, { "
        + "host = \"*.example\", pool = other }]")]
    [InlineData(false, "pools.other.sticky.by=cookie", "pools.other.sticky.cookie.domain=example", "pools.app.sticky.cookie.domain=example",
        "listeners.web.routes=[{ host = a.example, pool = other }]")]
    public void Two_pools_of_a_listener_may_not_share_a_cookie(bool isLegal, params string[] settings)
    {
        string[] all = ["pools.app.sticky.by=cookie", "pools.other.backends.b.address=127.0.0.1:9",
            "listeners.web.routes=[{ path = /other, pool = other }]", .. settings];

        if (isLegal)
        {
            Conf.Legal(Conf.Read(Conf.Minimal, all));
            return;
        }

        Assert.Contains("too, and a client of listener web may have both", Conf.Single(Conf.Read(Conf.Minimal, all)).Message,
            StringComparison.Ordinal);
    }

    private static void AssertProblem(string key, string expected, params string[] settings)
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal, settings));

        Assert.Equal(key, problem.Key);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listeners.web=\"127.0.0.1:8080\"", "listeners.web: is a text; it must be a block")]
    [InlineData("listeners=[web]", "listeners: is a list; it must be a block of named blocks")]
    [InlineData("pools=[app]", "pools: is a list; it must be a block of named blocks")]
    [InlineData("pools.app=\"127.0.0.1:9001\"", "pools.app: is a text; it must be a block")]
    public void What_follows_from_a_block_that_is_none_is_not_said(string setting, string message) =>
        Assert.Contains(message, Conf.Single(Conf.Read(Conf.Minimal, setting)).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("pools.app.health=off", "{ type = none } switches it off")]
    [InlineData("pools.app.passive=none", "{ failures = 0 } switches it off")]
    [InlineData("pools.app.retry=false", "{ attempts = 0 } switches it off")]
    [InlineData("pools.app.queue=no", "{ length = 0 } switches it off")]
    [InlineData("node.access-log=off", "{ format = off } switches it off")]
    public void Whoever_wants_none_of_something_is_told_how(string setting, string message) =>
        Assert.EndsWith(message, Conf.Single(Conf.Read(Conf.Minimal, setting)).Message, StringComparison.Ordinal);
}
