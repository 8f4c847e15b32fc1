namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class CookieScopesTests
{
    [Theory]
    [InlineData("host = shop.example.com", "domain = example.org", "domain", "is of none of the hosts")]
    [InlineData("host = example.com", "domain = shop.example.com", "domain", "is of none of the hosts")]
    [InlineData("path-prefix = /api/", "path = /shop/", "path", "is in none of the routes")]
    public void A_cookie_that_never_comes_back(string route, string cookie, string key, string message) =>
        Warned.Of($"pools.sticky.sticky.cookie.{key}", message, [.. Settings(route, cookie)]);

    [Theory]
    [InlineData("host = shop.example.com", "domain = example.com")]
    [InlineData("host = \"*.example.com\", path-prefix = /shop", "domain = .example.com, path = /")]
    [InlineData("path-prefix = /shop/", "path = /shop")]
    [InlineData("path-prefix = /", "path = /shop")]
    public void One_that_does_is_sound(string route, string cookie) => Warned.OfNothing([.. Settings(route, cookie)]);

    private static IEnumerable<string> Settings(string route, string cookie) =>
    [
        $"listeners.web.routes=[{{ {route}, pool = sticky }}]", "pools.sticky.backends.s1.address=127.0.0.1:9009",
        $"pools.sticky.sticky={{ by = cookie, cookie {{ {cookie} }} }}", .. route == "path-prefix = /"
            ? ["listeners.web.pool=", "pools.app=null"]
            : Array.Empty<string>(),
    ];
}
