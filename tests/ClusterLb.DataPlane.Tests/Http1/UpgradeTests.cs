using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1;

/// <summary>Upgrades of a connection to another protocol (RFC 9110 section 7.8), from outside.</summary>
public sealed class UpgradeTests
{
    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_allowed_upgrade_becomes_a_tunnel(TransportKind transport)
    {
        var hello = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ =>
            new Reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst")
            {
                Then =
                [(hello.Task, "second")]
            });
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener with { Upgrades = ["websocket"] },
            Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n");
        var response = await client.ReadAsync();
        Assert.Equal(101, response.Status);
        Assert.Equal("websocket", response.Field("Upgrade"));
        Assert.Equal("first", await client.ReadExactlyAsync(5));
        hello.SetResult();
        Assert.Equal("second", await client.ReadExactlyAsync(6));
        Assert.Equal("websocket", backend.Requests.First().Value("Upgrade"));
    }

    [Theory]
    [InlineData("", "WWW-Authenticate: Negotiate\r\n")]
    [InlineData("Authorization: NTLM x\r\nCookie: a=b\r\n", "")]
    public async Task A_tunnel_that_somebody_logged_in_to_ends_as_any_other(string asked, string answered)
    {
        await using var backend = RawBackend.Start(_ => new Reply(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{answered}\r\nhello")
        { Close = true });
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Upgrades = ["websocket"] }, Configs.PoolOf(backend.EndPoint));
        for (var i = 0; i < 3; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{asked}\r\n");
            Assert.Equal(101, (await client.ReadAsync()).Status);
            Assert.Equal("hello", await client.ReadExactlyAsync(5));
            client.Dispose();
        }

        await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        Assert.Equal(3, proxy.Host.Read().Backends.Single().Statuses[101]);
    }

    [Theory]
    [InlineData("websocket")]
    [InlineData("h2c")]
    public async Task An_upgrade_that_is_not_allowed_is_an_ordinary_request(string protocol)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync($"GET /1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\nGET /2 HTTP/1.1\r\n"
            + $"Host: x\r\n\r\n");

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.All(backend.Requests, request => Assert.Empty(request.Values("Upgrade")));
    }

    [Theory]
    [InlineData("Upgrade: h2c, websocket")]
    [InlineData("Upgrade: h2c\r\nUpgrade: ,, WebSocket")]
    public async Task Of_several_offers_the_allowed_one_is_passed_on(string offers)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Upgrades = ["websocket"] }, Configs.PoolOf(backend.EndPoint));

        Assert.Equal(200, await StatusAsync(proxy, $"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n{offers}\r\n\r\n"));
        Assert.Equal("websocket", Assert.Single(backend.Requests.First().Values("Upgrade")), ignoreCase: true);
    }

    [Theory]
    [InlineData("Upgrade: other\r\n")]
    [InlineData("")]
    public async Task A_switch_to_what_nobody_offered_is_502(string answered)
    {
        await using var backend =
            RawBackend.Start(_ => new Reply($"HTTP/1.1 101 Switching Protocols\r\n{answered}Connection: Upgrade\r\n\r\nraw"));
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Upgrades = ["websocket"] }, Configs.PoolOf(backend.EndPoint));

        Assert.Equal(502, await StatusAsync(proxy, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
    }

    [Fact]
    public async Task What_follows_a_refused_upgrade_is_parsed_as_a_request()
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Upgrades = ["websocket"] }, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nNOT A REQUEST\r\n\r\n");

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal(400, (await client.ReadAsync()).Status);
        Assert.Single(backend.Requests);
    }

    private static async Task<int> StatusAsync(TestDataPlane proxy, string request)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(request);
        return (await client.ReadAsync()).Status;
    }
}
