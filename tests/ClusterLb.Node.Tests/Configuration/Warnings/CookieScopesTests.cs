namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class CookieScopesTests
{
    [Theory]
    [InlineData("host = shop.example.com", "domain = example.org", "domain", "is not the domain of")]
    [InlineData("host = example.com", "domain = shop.example.com", "domain", "is not the domain of")]
    [InlineData("path-prefix = /api/", "path = /shop/", "path", "does not cover \"/api/\"")]
    [InlineData("path-prefix = /shopping", "path = /shop", "path", "does not cover \"/shopping\"")]
    [InlineData("path-prefix = /", "path = /shop", "path", "does not cover \"/\"")]
    [InlineData("method = GET", "path = /shop", "path", "does not cover \"/\"")]
    public void A_cookie_that_never_comes_back(string route, string cookie, string key, string message) =>
        Warned.Of($"pools.sticky.sticky.cookie.{key}", message, [.. Settings(route, cookie)]);

    [Theory]
    [InlineData("host = shop.example.com", "domain = example.com")]
    [InlineData("host = \"*.example.com\", path-prefix = /shop", "domain = .example.com, path = /")]
    [InlineData("path-prefix = /shop/", "path = /shop")]
    [InlineData("path-prefix = /shop", "path = /shop/")]
    [InlineData("path = /shop/cart", "path = /shop")]
    public void One_that_does_is_sound(string route, string cookie) => Warned.OfNothing([.. Settings(route, cookie)]);

    private static IEnumerable<string> Settings(string route, string cookie) =>
    [
        $"listeners.web.routes=[{{ {route}, pool = sticky }}]", "pools.sticky.backends.s1.address=127.0.0.1:9009",
        $"pools.sticky.sticky={{ by = cookie, cookie {{ {cookie} }} }}",
    ];

    [Fact]
    public void One_that_comes_back_to_some_routes_only() => Warned.Of("pools.app.sticky.cookie.path", "does not cover \"/\"",
        "listeners.web.routes=[{ path-prefix = /shop, pool = app }]", "pools.app.sticky={ by = cookie, cookie.path = /shop }");
}
