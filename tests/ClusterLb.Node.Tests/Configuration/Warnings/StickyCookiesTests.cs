namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class StickyCookiesTests
{
    [Theory]
    [InlineData("__Host-sid", "domain = example.com, secure = always", "domain", "__Host- means none")]
    [InlineData("__Host-sid", "path = /shop, secure = always", "path", "it must be /")]
    [InlineData("__HOST-sid", "secure = never", "secure", "it must be always")]
    [InlineData("__Secure-sid", "secure = never", "secure", "it must be always")]
    [InlineData("__Secure-sid", "secure = auto", "secure", "without trusted-proxies")]
    [InlineData("sid", "domain = com", "domain", "it must be a domain such as example.com")]
    [InlineData("sid", "domain = 10.0.0.1", "domain", "it must be a domain such as example.com")]
    public void A_cookie_that_browsers_drop(string name, string cookie, string key, string message) => Warned.Of(
        $"pools.app.sticky.cookie.{key}", message, $"pools.app.sticky={{ by = cookie, name = {name}, cookie {{ {cookie} }} }}");

    [Theory]
    [InlineData("__Host-sid", "secure = always")]
    [InlineData("__Secure-sid", "secure = always, domain = example.com")]
    [InlineData("__Secure-sid", "same-site = none")]
    [InlineData("sid", "secure = never, domain = .example.com")]
    public void One_that_they_keep(string name, string cookie) =>
        Warned.OfNothing($"pools.app.sticky={{ by = cookie, name = {name}, cookie {{ {cookie} }} }}");

    [Fact]
    public void A_proxy_may_say_that_a_client_came_over_TLS() =>
        Warned.OfNothing("pools.app.sticky={ by = cookie, name = __Secure-sid }", "listeners.web.trusted-proxies=[\"10.0.0.0/8\"]");
}
