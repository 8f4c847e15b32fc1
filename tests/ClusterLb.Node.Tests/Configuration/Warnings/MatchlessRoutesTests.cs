namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class MatchlessRoutesTests
{
    [Theory]
    [InlineData("path = \"*\", method = GET", "method", "the only method that comes with the path *")]
    [InlineData("path = /a, method = [TRACE, CONNECT]", "method", "refused everywhere")]
    [InlineData("path-prefix = "
        + "\"/0123456789012345678901234567890123456789012345678901234567890123456789\"", "path-prefix", "limits.target")]
    public void Some_routes_match_no_request(string route, string key, string message) =>
        Warned.Of($"listeners.web.routes[0].{key}", message, $"listeners.web.routes=[{{ {route}, pool = app }}]",
            "listeners.web.limits.target=64");

    [Fact]
    public void Others_do() => Warned.OfNothing(
        "listeners.web.routes=[{ path = \"*\", method = [GET, OPTIONS], pool = app }, { path = /a, method = [TRACE, GET], pool = app }]");
}
