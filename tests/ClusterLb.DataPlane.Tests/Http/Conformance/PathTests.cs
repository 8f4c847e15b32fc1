using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http.Conformance;

/// <summary>Whatever way a path is spelled: what matched a route is what its backend gets.</summary>
public sealed class PathTests
{
    private static readonly RouteConfig s_public = Configs.Route with { PathPrefix = "/public/", Pool = "app" };

    [Theory]
    [InlineData("/public/x?y=/../z%2", "/public/x?y=/../z%2")]
    [InlineData("/public/%61/./b/../c?%zz", "/public/a/c?%zz")]
    [InlineData("/admin/../public/x", "/public/x")]
    [InlineData("/%70ublic/x", "/public/x")]
    [InlineData("http://x/admin/../public/x?y", "/public/x?y")]
    [InlineData("/public/a%2fb", "/public/a%2Fb")]
    public async Task Arrives_in_its_one_form(string sent, string seen)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Pool = "", Routes = [s_public] }, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync($"GET {sent} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal($"GET {seen} HTTP/1.1", backend.Requests.Single().Line);
    }

    [Theory]
    [InlineData("/public/../admin", 404)]
    [InlineData("/public/%2e%2e/admin", 404)]
    [InlineData("/public/.%2e/admin", 404)]
    [InlineData("/public/..%2fadmin", 400)]
    [InlineData("/public/%2e%2e%2fadmin", 400)]
    [InlineData("/public/..%5cadmin", 400)]
    [InlineData("/public/..;/admin", 400)]
    [InlineData("/public/../../admin", 400)]
    [InlineData("/public/%zz", 400)]
    public async Task Nothing_outside_a_routed_prefix_is_reached(string sent, int status)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Pool = "", Routes = [s_public] }, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync($"GET {sent} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(status, (await client.ReadAsync()).Status);
        Assert.Empty(backend.Requests);
    }

    [Theory]
    [InlineData(PathForm.Strict, "/public/a%2fb", 400)]
    [InlineData(PathForm.Strict, "/public/./a", 400)]
    [InlineData(PathForm.Raw, "/public/./a%2fb", 200)]
    public async Task Other_forms_are_a_listeners_choice(PathForm form, string sent, int status)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Path = form }, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync($"GET {sent} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(status, (await client.ReadAsync()).Status);
        Assert.All(backend.Requests, seen => Assert.Equal($"GET {sent} HTTP/1.1", seen.Line));
    }

    [Theory]
    [InlineData("X-Tenant: a\r\nX-Tenant: b", 400)]
    [InlineData("X-Tenant: a\r\nx-tenant: a", 400)]
    [InlineData("Cookie: beta=1; beta=0", 400)]
    [InlineData("Cookie: beta=1\r\nCookie: beta=0", 400)]
    [InlineData("Cookie: SERVERID=x; SERVERID=y", 400)]
    [InlineData("X-User: a\r\nX-User: b", 400)]
    [InlineData("X-Tenant: a\r\nX-Other: a\r\nX-Other: b\r\nCookie: beta=1; Beta=0; x=1; x=2", 200)]
    public async Task What_decides_may_come_once(string fields, int status)
    {
        await using var backend = RawBackend.Start();
        var hashed = Configs.PoolOf(backend.EndPoint);
        hashed = hashed with { Balance = "consistent-hash", Hash = hashed.Hash with { Key = HashKeyKind.Header, KeyName = "X-User" }, Sticky = hashed.Sticky with { By = StickyBy.Cookie } };
        var routes = new[] { Configs.Route with { HeaderName = "X-Tenant", Pool = "app" }, Configs.Route with { CookieName = "beta", CookieValue = "1", Pool = "app" } };
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Routes = routes.ToEquatableList() }, hashed);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n");

        Assert.Equal(status, (await client.ReadAsync()).Status);
        Assert.Equal(status == 200 ? 1 : 0, backend.Requests.Count);
    }
}
