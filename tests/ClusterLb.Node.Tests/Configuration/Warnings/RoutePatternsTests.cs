namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class RoutePatternsTests
{
    [Theory]
    [InlineData("path = \"/api/*\"", "path", "it must be path-prefix = /api/ for all below it")]
    [InlineData("path-prefix = \"/api/*\"", "path-prefix", "it must be path-prefix = /api/ for all below it")]
    [InlineData("path-prefix = \"/api/.*\"", "path-prefix", "is taken as it stands")]
    [InlineData("path = \"/users/{id}\"", "path", "it must be path-prefix = /users/ for all below it")]
    [InlineData("path = \"/users/{id}/orders\"", "path", "it must be path-prefix = /users/ for all below it")]
    [InlineData("header = \"X-Tenant: *\"", "header", "it must be X-Tenant, without a colon")]
    [InlineData("cookie = \"beta=*\"", "cookie", "it must be beta, without =")]
    [InlineData("method = \"*\"", "method", "for all methods it must be left out")]
    public void A_pattern_of_another_proxy(string route, string key, string message) =>
        Warned.Of($"listeners.web.routes[0].{key}", message, $"listeners.web.routes=[{{ {route}, pool = app }}]");

    [Theory]
    [InlineData("path = \"*\", method = OPTIONS")]
    [InlineData("host = \"*.example.com\"")]
    [InlineData("path = /a+b, header = X-Tenant, cookie = beta")]
    public void What_is_meant_as_it_stands_is_sound(string route) =>
        Warned.OfNothing($"listeners.web.routes=[{{ {route}, pool = app }}]");
}
