using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

public class ListenerReaderTests
{
    [Theory]
    [InlineData("bind=", "is missing; it must be ADDRESS:PORT")]
    [InlineData("upgrades=true", "each must be a protocol such as websocket")]
    [InlineData("trusted-proxies=[10.0.0.1]", "10.0.0.1/32 for one address")]
    [InlineData("bind=8080", "ADDRESS:PORT")]
    [InlineData("bind=0.0.0.0:65536", "ADDRESS:PORT")]
    [InlineData("bind=example.com:80", "not an IP address of this machine")]
    [InlineData("bind=[127.0.0.1:80]", "is a list; it must be a text")]
    [InlineData("protocol=udp", "one of http, tcp")]
    [InlineData("max-connections=0", "from 1 to 10000000")]
    [InlineData("upgrades=[h2c]", "h2c is never one")]
    [InlineData("upgrades=[H2C]", "h2c is never one")]
    [InlineData("upgrades=[\"web socket\"]", "a protocol such as websocket")]
    [InlineData("trusted-proxies=[10.0.0.0/33]", "a CIDR such as 10.0.0.0/8")]
    [InlineData("forwarded=perhaps", "one of true, on, yes, false, off, no")]
    [InlineData("via=perhaps", "one of true, on, yes, false, off, no")]
    [InlineData("timeouts.request-head=0s", "from 100ms to 1h")]
    [InlineData("timeouts.body-idle=0s", "from 100ms to 24h")]
    [InlineData("timeouts.keep-alive=infinite", "from 100ms to 24h")]
    [InlineData("limits.head=65KiB", "from 1KiB to 64KiB")]
    [InlineData("limits.header-count=0", "from 1 to 1000")]
    [InlineData("limits.target=63", "from 64 to 64KiB")]
    [InlineData("limits.body=-1", "0 for unlimited")]
    [InlineData("limits.body-rate=2MiB", "bytes per second from 0 to 1MiB")]
    [InlineData("routes=x", "a list of blocks")]
    public void A_bad_value_is_one_line_with_what_is_legal(string setting, string expected) =>
        Assert.Contains(expected, Conf.Single(Conf.Read(Conf.Minimal, "listeners.web." + setting)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("path = /a, path-prefix = /b", "path-prefix", "a route has one of them")]
    [InlineData("path = a", "path", "must begin with /")]
    [InlineData("path = \"/a?b\"", "path", "no space, ? or #")]
    [InlineData("path = \"/käse\"", "path", "other letters are written as %C3%A4")]
    [InlineData("host = \"münchen.example\"", "host", "begins with xn--")]
    [InlineData("path-prefix = \"/a b\"", "path-prefix", "no space, ? or #")]
    [InlineData("path-prefix = api", "path-prefix", "must begin with /")]
    [InlineData("host = \"a.com:80\"", "host", "without a port")]
    [InlineData("host = \"a.*.com\"", "host", "or *.example.com")]
    [InlineData("host = \"*.\"", "host", "or *.example.com")]
    [InlineData("host = \"[::1\"", "host", "without a port")]
    [InlineData("method = [GET, \"P OST\"]", "method", "a method such as GET")]
    [InlineData("method = [AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA]", "method", "of at most 64 characters")]
    [InlineData("method = get", "method", "it must be GET")]
    [InlineData("header = \": blue\"", "header", "a header such as")]
    [InlineData("header = \"X Tenant\"", "header", "a header such as")]
    [InlineData("header = \"X-A: b\\r\\nc\"", "header", "a header such as")]
    [InlineData("cookie = \"=1\"", "cookie", "a cookie such as")]
    [InlineData("cookie = \"be ta\"", "cookie", "a cookie such as")]
    public void A_route_that_could_never_match_as_meant_is_refused(string route, string key, string expected)
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal, $"listeners.web.routes=[{{ pool = app }}, {{ {route}, pool = app }}]"));

        Assert.Equal($"clusterlb.listeners.web.routes[1].{key}", problem.Key);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_is_read_as_written()
    {
        var route = Route("host = \"*.Example.com\", path-prefix = /api/, method = [GET, HEAD], header = \"X-Tenant: blue sky\", cookie "
            + "= \"beta=1=2\", pool = app");

        Assert.Equal(
            new RouteConfig
            {
                Name = "host=*.example.com,path-prefix=/api/,method=GET+HEAD,header=X-Tenant:blue sky,cookie=beta=1=2",
                Host = "*.example.com",
                Path = "",
                PathPrefix = "/api/",
                Methods = ["GET", "HEAD"],
                HeaderName = "X-Tenant",
                HeaderValue = "blue sky",
                CookieName = "beta",
                CookieValue = "1=2",
                Pool = "app",
            },
            route);
    }

    [Theory]
    [InlineData("header = X-Tenant")]
    [InlineData("header = \"X-Tenant:\"")]
    public void A_header_without_value_matches_any(string text) =>
        Assert.Equal(("X-Tenant", ""), (Route(text).HeaderName, Route(text).HeaderValue));

    [Fact]
    public void A_cookie_without_value_matches_any() =>
        Assert.Equal(("beta", ""), (Route("cookie = beta").CookieName, Route("cookie = beta").CookieValue));

    [Theory]
    [InlineData("shop.example.com")]
    [InlineData("localhost")]
    [InlineData("10.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("a_b.example")]
    public void Hosts_are_names_and_addresses(string host) => Assert.Equal(host, Route($"host = \"{host}\"").Host);

    [Fact]
    public void One_method_needs_no_brackets_and_a_custom_one_is_legal() => Assert.Equal(["Purge"], Route("method = Purge").Methods);

    [Fact]
    public void Upgrades_are_lower_case() =>
        Assert.Equal(["websocket"], Conf.Legal(Conf.Read(Conf.Minimal, "listeners.web.upgrades=[WebSocket]")).Listeners[0].Upgrades);

    [Fact]
    public void Trusted_proxies_are_networks_of_both_families()
    {
        var trusted = Conf.Legal(Conf.Read(Conf.Minimal, "listeners.web.trusted-proxies=[10.0.0.0/8, \"2001:db8::/32\"]")).Listeners[0]
            .TrustedProxies;

        Assert.Equal(["10.0.0.0/8", "2001:db8::/32"], trusted.Select(network => network.ToString()));
    }

    [Theory]
    [InlineData("name = api, path = /a", "api")]
    [InlineData("path = /a", "path=/a")]
    [InlineData("host = A.example.com, path-prefix = /a, method = GET", "host=a.example.com,path-prefix=/a,method=GET")]
    [InlineData("header = X-Tenant", "header=X-Tenant")]
    [InlineData("method = []", "any")]
    public void A_route_is_called_what_its_operator_calls_it_or_by_its_conditions(string route, string expected) =>
        Assert.Equal(expected, Route(route + ", pool = app").Name);

    [Fact]
    public void What_a_route_is_called_stays_when_another_comes_before_it()
    {
        var routes = Conf.Legal(Conf.Read(Conf.Minimal, "listeners.web.routes=[{ path = /new, pool = app }, { path = /a, pool = app }]"))
            .Listeners[0].Routes;

        Assert.Equal(Route("path = /a, pool = app").Name, routes[1].Name);
    }

    [Theory]
    [InlineData("api", "\"api\" is the name of an earlier route")]
    [InlineData("default", "a word of log and metrics")]
    [InlineData("other", "a word of log and metrics")]
    [InlineData("two words", "is not a name; use letters, digits")]
    public void A_route_has_a_name_of_its_own(string name, string expected)
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal,
            $"listeners.web.routes=[{{ name = api, path = /a, pool = app }}, {{ name = \"{name}\", path = /b, pool = app }}]"));

        Assert.Equal("clusterlb.listeners.web.routes[1].name", problem.Key);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    private static RouteConfig Route(string text) =>
        Conf.Legal(Conf.Read(Conf.Minimal, $"listeners.web.routes=[{{ {text} }}]")).Listeners[0].Routes[0];
}
