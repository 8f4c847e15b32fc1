namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class HiddenRoutesTests
{
    [Theory]
    [InlineData("{ path = /a }", "{ path = /a }")]
    [InlineData("{ method = [GET, POST] }", "{ method = [POST, GET, GET] }")]
    [InlineData("{ header = \"X-Tenant: blue\" }", "{ header = \"x-tenant: blue\" }")]
    [InlineData("{ host = shop.example.com }", "{ host = SHOP.example.com. }")]
    public void Of_equal_routes_the_first_gets_everything(string first, string second) =>
        AssertHidden("has the conditions of routes[0], which comes first", first, second);

    [Theory]
    [InlineData("{ path-prefix = / }", "{ method = POST }")]
    [InlineData("{ path-prefix = / }", "{ header = X-Tenant }")]
    [InlineData("{ method = [GET, POST] }", "{ method = POST }")]
    [InlineData("{ header = X-Tenant }", "{ header = \"X-Tenant: blue\" }")]
    [InlineData("{ cookie = beta }", "{ cookie = \"beta=1\" }")]
    [InlineData("{ host = \"*.example.com\", path-prefix = / }", "{ host = \"*.example.com\", method = PUT }")]
    public void A_route_that_a_broader_one_hides_gets_none(string broad, string hidden) =>
        AssertHidden("for routes[0] is asked before it and takes all that it matches", broad, hidden);

    [Fact]
    public void Two_routes_may_hide_a_third() =>
        Warned.Of("listeners.web.routes[2]", "for routes[0] and routes[1]",
            "listeners.web.routes=[{ method = GET, path = /a, pool = app }, { method = PUT, path = /a, pool = app }, "
            + "{ method = [GET, PUT], path = /a, pool = app }]");

    [Theory]
    [InlineData("{ path-prefix = / }", "{ path = /a }")]
    [InlineData("{ path-prefix = / }", "{ path-prefix = /, method = POST }")]
    [InlineData("{ path-prefix = / }", "{ method = OPTIONS }")]
    [InlineData("{ path-prefix = /api/ }", "{ path-prefix = /api }")]
    [InlineData("{ path = /api }", "{ path-prefix = /api }")]
    [InlineData("{ host = \"*.example.com\" }", "{ host = shop.example.com }")]
    [InlineData("{ host = shop.example.com }", "{ host = \"*.example.com\" }")]
    [InlineData("{ method = POST }", "{ method = [GET, POST] }")]
    [InlineData("{ header = \"X-Tenant: blue\" }", "{ header = X-Tenant }")]
    [InlineData("{ header = X-Tenant }", "{ cookie = beta }")]
    public void Routes_that_each_get_something_are_sound(string one, string other)
    {
        var routes = $"[{WithPool(one)}, {WithPool(other)}]";
        Assert.DoesNotContain(Warned.Lines(Warned.Sound, $"listeners.web.routes={routes}"),
            line => line.Contains("routes[", StringComparison.Ordinal) && !line.Contains("web.pool", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pool_behind_a_route_for_everything_gets_nothing()
    {
        Warned.Of("listeners.web.pool", "for routes[0] takes whatever no other route does",
            "listeners.web.routes=[{ path-prefix = /, pool = app }]", "listeners.web.pool=app");
        Warned.OfNothing("listeners.web.routes=[{ path-prefix = /api, pool = app }]", "listeners.web.pool=app");
        Warned.OfNothing("listeners.web.routes=[{ path-prefix = /, method = GET, pool = app }]", "listeners.web.pool=app");
    }

    private static void AssertHidden(string message, string first, string second) =>
        Warned.Of("listeners.web.routes[1]", message, $"listeners.web.routes=[{WithPool(first)}, {WithPool(second)}]");

    private static string WithPool(string route) => $"{route[..^1]}, pool = app }}";
}
