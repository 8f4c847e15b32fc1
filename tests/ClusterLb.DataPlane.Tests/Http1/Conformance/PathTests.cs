using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1.Conformance;

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
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Pool = "", Routes = [s_public] },
            Configs.PoolOf(backend.EndPoint));
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
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Pool = "", Routes = [s_public] },
            Configs.PoolOf(backend.EndPoint));
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
    [InlineData("Cookie: beta=1; beta =0", 400)]
    [InlineData("Cookie: beta=1\r\nCookie: beta\t=0", 400)]
    [InlineData("Cookie: beta =1", 400)]
    [InlineData("Cookie: beta= 1", 400)]
    [InlineData("Cookie: beta=1; beta", 400)]
    [InlineData("Cookie: beta=1, beta=0", 400)]
    [InlineData("Cookie: x=a beta=1; beta=0", 400)]
    [InlineData("Cookie: SERVERID =x", 400)]
    [InlineData("Cookie: beta=1, 2; x=alphabeta=2; y=beta; beta-x =1; z = 1", 200)]
    [InlineData("Cookie: ; beta=;beta2=1", 200)]
    [InlineData("X-Tenant: a\r\nX-Other: a\r\nX-Other: b\r\nCookie: beta=1; Beta=0; x=1; x=2", 200)]
    public async Task What_decides_may_come_once(string fields, int status)
    {
        await using var backend = RawBackend.Start();
        var hashed = Configs.PoolOf(backend.EndPoint);
        hashed = hashed with
        {
            Balance = "consistent-hash",
            Hash = hashed.Hash with { Key = HashKeyKind.Header, KeyName = "X-User" },
            Sticky = hashed.Sticky with { By = StickyBy.Cookie }
        };
        var routes = new[] { Configs.Route with { HeaderName = "X-Tenant", Pool = "app" },
            Configs.Route with { CookieName = "beta", CookieValue = "1", Pool = "app" } };
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Routes = routes.ToEquatableList() }, hashed);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n");

        Assert.Equal(status, (await client.ReadAsync()).Status);
        Assert.Equal(status == 200 ? 1 : 0, backend.Requests.Count);
    }

    [Theory]
    [InlineData("X-Tenant", "X_Tenant")]
    [InlineData("X-User", "x.user")]
    [InlineData("X-Session", "X_Session")]
    public async Task A_header_that_decides_passes_and_what_resembles_it_does_not(string name, string resembling)
    {
        await using var backend = RawBackend.Start();
        await using var elsewhere = RawBackend.Start();
        var hashed = Configs.PoolOf(backend.EndPoint);
        hashed = hashed with
        {
            Balance = "consistent-hash",
            Hash = hashed.Hash with { Key = HashKeyKind.Header, KeyName = "X-User" },
            Sticky = hashed.Sticky with { By = StickyBy.Header, Name = "X-Session" }
        };
        var config = Configs.Of(Configs.Listener with
        {
            Routes =
            new[] { Configs.Route with { HeaderName = "X-Tenant", HeaderValue = "blue", Pool = "app" } }.ToEquatableList(),
            Pool = "other"
        }, hashed);
        await using var proxy = TestDataPlane.Start(config with
        {
            Pools = [hashed,
            Configs.PoolOf(elsewhere.EndPoint) with { Name = "other" }]
        });
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        var tenant = name == "X-Tenant" ? "" : "X-Tenant: blue\r\n";

        await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\nConnection: {name}, X-Hop\r\nX-Hop: 1\r\n{tenant}{resembling}: red\r\n"
            + $"{name}: blue\r\n\r\n");
        Assert.Equal(200, (await client.ReadAsync()).Status);
        await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\nX_Tenant: blue\r\n\r\n");
        Assert.Equal(200, (await client.ReadAsync()).Status);

        var seen = Assert.Single(backend.Requests);
        Assert.Equal(["blue"], seen.Values(name));
        Assert.Empty(seen.Values(resembling));
        Assert.Empty(seen.Values("X-Hop"));
        Assert.Empty(Assert.Single(elsewhere.Requests).Values("X_Tenant"));
    }
}
