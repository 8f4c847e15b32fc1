using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Tests.Pools;
using CsCheck;
using static ClusterLb.Core.Tests.Routing.RouteConfigs;

namespace ClusterLb.Core.Tests.Routing;

public class ListenerRoutesTests
{
    /// <summary>With a pool for every name that the listener holds.</summary>
    private static ListenerRoutes Routes(string pool, params RouteConfig[] routes)
    {
        var names = routes.Select(route => route.Pool).Append(pool).Distinct();
        return new(Listener(pool, routes),
            names.ToDictionary(name => name, name => new PoolBench(PoolConfigs.Of("a") with { Name = name }).Pool));
    }

    private static string Match(ListenerRoutes routes, in FakeRequest request) => routes.Match(request, out _)?.Name ?? "404";

    private static string Match(RouteConfig route, in FakeRequest request) => Match(Routes("", route), request);

    [Theory]
    [InlineData("shop.example.com", "shop.example.com", true)]
    [InlineData("shop.example.com", "SHOP.example.COM", true)]
    [InlineData("shop.example.com", "shop.example.com:8443", true)]
    [InlineData("shop.example.com", "shop.example.com.", true)]
    [InlineData("shop.example.com", "shop.example.com.:80", true)]
    [InlineData("shop.az", "SHOP.AZ", true)]
    [InlineData("shop.example.com", "shop.example.org", false)]
    [InlineData("shop.example.com", "shop.example.com:", true)]
    [InlineData("shop.example.com", ":80", false)]
    [InlineData("shop.example.com", ".", false)]
    [InlineData("a`b{c", "a@b[c", false)]
    [InlineData("shop.example.com", "my.shop.example.com", false)]
    [InlineData("shop.example.com", "", false)]
    [InlineData("*.example.com", "shop.example.com", true)]
    [InlineData("*.example.com", "a.b.example.com:80", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", ".example.com", false)]
    [InlineData("*.example.com", "badexample.com", false)]
    [InlineData("*.example.com", "x.example.com.org", false)]
    [InlineData("*.example.com", ".", false)]
    [InlineData("*.example.com", ":.example.com", false)]
    [InlineData("[::1]", "[::1]:8080", true)]
    [InlineData("[::1]", "[::2]:8080", false)]
    [InlineData("shop.example.com", "[::1", false)]
    [InlineData("", "anything", true)]
    [InlineData("", "", true)]
    public void Hosts_match_exactly_or_by_suffix_without_case_port_and_trailing_dot(string configured, string sent, bool matches) =>
        Assert.Equal(matches ? "p" : "404", Match(Route("p", host: configured), new FakeRequest(sent, "/")));

    [Theory]
    [InlineData("/api", "/api", true)]
    [InlineData("/api", "/api/", true)]
    [InlineData("/api", "/api/x", true)]
    [InlineData("/api", "/apix", false)]
    [InlineData("/api", "/ap", false)]
    [InlineData("/api", "/", false)]
    [InlineData("/api", "", false)]
    [InlineData("/api/", "/api/", true)]
    [InlineData("/api/", "/api/x/y", true)]
    [InlineData("/api/", "/api//y", true)]
    [InlineData("/api/", "/api", false)]
    [InlineData("/", "/anything", true)]
    [InlineData("/", "*", false)]
    [InlineData("", "*", true)]
    public void Prefixes_match_whole_segments(string prefix, string path, bool matches) =>
        Assert.Equal(matches ? "p" : "404", Match(Route("p", prefix: prefix), new FakeRequest("h", path)));

    [Theory]
    [InlineData("/a/b", true)]
    [InlineData("/a/b/", false)]
    [InlineData("/a", false)]
    [InlineData("/A/b", false)]
    public void An_exact_path_matches_nothing_else(string path, bool matches) =>
        Assert.Equal(matches ? "p" : "404", Match(Route("p", path: "/a/b"), new FakeRequest("h", path)));

    [Fact]
    public void Methods_headers_and_cookies_must_all_hold()
    {
        var route = Route("p") with
        {
            Methods = ["GET", "PUT"],
            HeaderName = "X-Beta",
            HeaderValue = "1",
            CookieName = "who",
            CookieValue = "me"
        };
        Assert.Equal("p", Match(route, new FakeRequest("h", "/", "PUT", ("x-beta", "1"), ("who", "me"))));
        Assert.Equal("404", Match(route, new FakeRequest("h", "/", "put", ("x-beta", "1"), ("who", "me"))));
        Assert.Equal("404", Match(route, new FakeRequest("h", "/", "PUT", ("x-beta", "2"), ("who", "me"))));
        Assert.Equal("404", Match(route, new FakeRequest("h", "/", "PUT", null, ("who", "me"))));
        Assert.Equal("404", Match(route, new FakeRequest("h", "/", "PUT", ("x-beta", "1"), ("Who", "me"))));
        Assert.Equal("p", Match(route with { HeaderValue = "", CookieValue = "" },
            new FakeRequest("h", "/", "GET", ("X-BETA", "?"), ("who", "?"))));
    }

    [Fact]
    public void The_most_specific_route_wins_whatever_the_order_of_the_file()
    {
        RouteConfig[] routes =
        [
            Route("any"),
            Route("prefix", prefix: "/a"),
            Route("longer-prefix", prefix: "/a/b"),
            Route("path", path: "/a/b/c"),
            Route("short-suffix", host: "*.com"),
            Route("long-suffix", host: "*.example.com"),
            Route("host", host: "www.example.com", prefix: "/x"),
            Route("post", prefix: "/a") with { Methods = ["POST"] },
        ];
        foreach (var ordered in new[] { routes, [.. routes.Reverse()] })
        {
            var table = Routes("", ordered);
            Assert.Equal("host", Match(table, new FakeRequest("www.example.com", "/x/y")));
            Assert.Equal("long-suffix", Match(table, new FakeRequest("www.example.com", "/a/b/c")));
            Assert.Equal("short-suffix", Match(table, new FakeRequest("www.example2.com", "/a/b/c")));
            Assert.Equal("path", Match(table, new FakeRequest("www.example.org", "/a/b/c")));
            Assert.Equal("longer-prefix", Match(table, new FakeRequest("www.example.org", "/a/b/d")));
            Assert.Equal("post", Match(table, new FakeRequest("www.example.org", "/a/x", "POST")));
            Assert.Equal("prefix", Match(table, new FakeRequest("www.example.org", "/a/x")));
            Assert.Equal("any", Match(table, new FakeRequest("www.example.org", "/")));
        }
    }

    [Fact]
    public void Order_in_the_file_breaks_ties_and_the_route_is_named()
    {
        var table = Routes("rest", Route("first", prefix: "/a"), Route("second", prefix: "/a"));
        Assert.Equal("first", table.Match(new FakeRequest("h", "/a"), out var route)!.Name);
        Assert.Equal("routes-to-first", route.Name);
        Assert.Equal("rest", table.Match(new FakeRequest("h", "/"), out route)!.Name);
        Assert.Equal("default", route.Name);
        Assert.Equal("rest", table.Default!.Name);
    }

    [Fact]
    public void A_header_of_many_letters_is_one_condition_as_a_method_of_many_is()
    {
        var table = Routes("", Route("header") with { HeaderName = "X-Beta-Testers-Of-The-Shop" },
            Route("methods") with { Methods = ["GET", "PUT", "POST", "DELETE"] },
            Route("cookie") with { CookieName = "a-cookie-of-many-letters" },
            Route("both") with { Methods = ["GET"], CookieName = "a-cookie-of-many-letters" });
        (string, string) header = ("X-Beta-Testers-Of-The-Shop", "1"), cookie = ("a-cookie-of-many-letters", "1");

        Assert.Equal("both", Match(table, new FakeRequest("h", "/", "GET", header, cookie)));
        Assert.Equal("header", Match(table, new FakeRequest("h", "/", "PUT", header, cookie)));
        Assert.Equal("methods", Match(table, new FakeRequest("h", "/", "PUT", null, cookie)));
        Assert.Equal("cookie", Match(table, new FakeRequest("h", "/", "HEAD", null, cookie)));
    }

    [Theory]
    [InlineData(253, "p")]
    [InlineData(255, "p")]
    [InlineData(256, "404")]
    public void A_host_may_have_as_many_bytes_as_a_name_can(int length, string pool) => Assert.Equal(pool,
        Match(Route("p", host: "*.example.com"), new FakeRequest(new string('a', length - 12) + ".example.com:8080", "/")));

    [Fact]
    public void A_host_longer_than_a_host_can_be_matches_no_named_host() =>
        Assert.Equal("404", Match(Route("p", host: "*.example.com"), new FakeRequest(new string('a', 70_000) + ".example.com", "/")));

    [Fact]
    public void A_match_among_ten_thousand_routes_allocates_nothing()
    {
        var table = Routes("", [.. Enumerable.Range(0, 10_000)
            .Select(i => Route("p", host: $"h{i % 100}.example.com", prefix: $"/svc{i}/v1"))]);
        var request = new FakeRequest("H42.example.com:8080", "/svc142/v1/things/17", "GET");
        Assert.Equal("p", table.Match(request, out _)?.Name);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) table.Match(request, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void It_agrees_with_a_matcher_that_tries_every_route()
    {
        var host = Gen.OneOf("", "a", "a.b", "c.a.b", "*.b", "*.a.b", "*.c.a.b");
        var path = Gen.OneOf("", "/", "/x", "/x/", "/x/y", "/x/y/", "/xy", "/x/y/z", "/x//y");
        var route = Gen.Select(host, path, Gen.Bool, Gen.OneOf("", "GET"), Gen.OneOf("", "1", "*"), Gen.OneOf("", "1"));
        var request = Gen.Select(Gen.OneOf("", "a", "a.b", "A.B:80", "c.a.b.", "d.c.a.b", "e.d.c.a.b", "zb", "z"), path,
            Gen.OneOf("GET", "PUT"), Gen.OneOf("", "1", "2"));
        Gen.Select(route.List[0, 30], request).Sample((wanted, sent) =>
        {
            var routes = wanted.Select((want, i) => Route("p", want.Item1) with
            {
                Name = $"{i}",
                Path = want.Item3 ? want.Item2 : "",
                PathPrefix = want.Item3 ? "" : want.Item2,
                Methods = want.Item4.Length == 0 ? [] : [want.Item4],
                HeaderName = want.Item5.Length == 0 ? "" : "x",
                HeaderValue = want.Item5 == "*" ? "" : want.Item5,
                CookieName = want.Item6.Length == 0 ? "" : "c",
                CookieValue = want.Item6,
            }).ToArray();
            (string, string)? pair = sent.Item4.Length == 0 ? null : ("x", sent.Item4);
            (string, string)? cookie = sent.Item4.Length == 0 ? null : ("c", sent.Item4);
            Routes("", routes).Match(new FakeRequest(sent.Item1, sent.Item2, sent.Item3, pair, cookie), out var taken);
            return taken.Name == NaiveMatcher.Match(routes, sent.Item1, sent.Item2, sent.Item3, sent.Item4);
        }, iter: 3_000);
    }
}
