using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Listeners;

/// <summary>Clients that hold connections and do nothing with them, more than the listener takes: others get in all the same.</summary>
public sealed class HoardingTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private const int Limit = 200;

    private static readonly IPAddress s_other = IPAddress.Parse("127.0.0.2");

    [Theory]
    [InlineData("", 1)]
    [InlineData("", 2)]
    [InlineData("GET / HT", 1)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: a", 2)]
    [InlineData(Get, 1)]
    [InlineData(Get, 2)]
    public async Task Who_sends_requests_gets_in_every_time(string said, int loops)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = Start(backend, loops);
        var hoard = new List<RawClient>();
        for (var i = 0; i < Limit + 50; i++) hoard.Add(await HoardAsync(proxy, said));

        for (var i = 0; i < 50; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint, s_other);
            await client.SendAsync(Get);
            Assert.Equal(200, (await client.ReadAsync()).Status);
            hoard.Add(await HoardAsync(proxy, said));
        }

        var listener = proxy.Host.Read().Listeners.Single();
        // Each loop counts a connection before it sees that there are too many.
        Assert.InRange(listener.Active, 1, Limit + loops - 1);
        Assert.InRange(listener.Evictions, 1, hoard.Count);
        foreach (var one in hoard) one.Dispose();
    }

    [Fact]
    public async Task An_honest_client_keeps_its_connection_though_it_is_older_than_the_whole_hoard()
    {
        await using var backend = RawBackend.Start();
        await using var proxy = Start(backend, loops: 1);
        using var honest = await RawClient.ConnectAsync(proxy.EndPoint, s_other);
        await honest.SendAsync(Get);
        await honest.ReadAsync();
        var hoard = new List<RawClient>();
        for (var i = 0; i < Limit + 50; i++)
        {
            hoard.Add(await HoardAsync(proxy, ""));
            // Until it is answered its request is under way, and the honest one alone would be idle.
            await AskAsync(hoard[i]);
        }

        await Eventually.Is(() => proxy.Host.Read().Listeners.Single().Evictions > 20);

        await honest.SendAsync(Get);

        Assert.Equal(200, (await honest.ReadAsync()).Status);
        foreach (var one in hoard) one.Dispose();
    }

    [Fact]
    public async Task The_longest_idle_go_first_and_they_get_a_FIN()
    {
        await using var backend = RawBackend.Start();
        await using var proxy = Start(backend, loops: 1);
        var clients = new List<RawClient>();
        for (var i = 0; i < Limit - 25; i++)
        {
            clients.Add(await RawClient.ConnectAsync(proxy.EndPoint));
            await AskAsync(clients[i]);
        }

        await AskAsync(clients[0]);
        for (var i = 0; i < 30; i++) clients.Add(await HoardAsync(proxy, Get));

        Assert.Equal("", await clients[1].ReadToFinAsync());
        await AskAsync(clients[0]);
        foreach (var one in clients) one.Dispose();
    }

    [Fact]
    public async Task Who_asks_and_does_not_read_makes_room_in_the_end()
    {
        var body = new string('x', 4 * 1024 * 1024);
        await using var backend = RawBackend.Start(request => Reply.Ok(request.Line.Contains("large", StringComparison.Ordinal) ? body
            : "ok"));
        await using var proxy = Start(backend, loops: 1, limit: 5);
        var hoard = new List<RawClient>();
        for (var i = 0; i < 7; i++)
        {
            hoard.Add(await RawClient.ConnectAsync(proxy.EndPoint));
            await hoard[i].SendAsync("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
        }

        using var client = await RawClient.ConnectAsync(proxy.EndPoint, s_other);
        await client.SendAsync(Get);

        Assert.Equal("ok", (await client.ReadAsync()).Body);
        Assert.All(proxy.Failures, failure => Assert.Equal(Side.Downstream, failure.Outcome.Side));
        foreach (var one in hoard) one.Dispose();
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\nx")]
    [InlineData("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nx")]
    public async Task Who_sends_less_of_its_body_than_it_must_makes_room_in_the_end(string said)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = Start(backend, loops: 1, limit: 20);
        var hoard = new List<RawClient>();
        for (var i = 0; i < 25; i++) hoard.Add(await HoardAsync(proxy, said));

        using var client = await RawClient.ConnectAsync(proxy.EndPoint, s_other);
        await AskAsync(client);

        Assert.All(proxy.Failures, failure => Assert.Equal(Side.Downstream, failure.Outcome.Side));
        foreach (var one in hoard) one.Dispose();
    }

    [Theory]
    [InlineData(ListenerProtocol.Tcp)]
    [InlineData(ListenerProtocol.Http)]
    public async Task Who_takes_nothing_of_its_tunnel_makes_room_in_the_end(ListenerProtocol protocol)
    {
        var flood = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n" + new string('x',
            16 * 1024 * 1024);
        await using var backend = RawBackend.Start(request => request.Value("Upgrade") is null ? Reply.Ok() : flood);
        await using var proxy = TestDataPlane.Start(Configs.Listener with
        {
            Protocol = protocol,
            MaxConnections = 20,
            Upgrades = ["websocket"]
        }, Configs.PoolOf(backend.EndPoint));
        var hoard = new List<RawClient>();
        for (var i = 0; i < 25; i++)
            hoard.Add(await HoardAsync(proxy, "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"));

        using var client = await RawClient.ConnectAsync(proxy.EndPoint, s_other);
        await AskAsync(client);

        foreach (var one in hoard) one.Dispose();
    }

    [Fact]
    public async Task Who_has_its_last_answer_and_lingers_makes_room_with_a_FIN_not_a_reset()
    {
        await using var backend = RawBackend.Start();
        await using var proxy = Start(backend, loops: 1, limit: 1);
        using var broken = await RawClient.ConnectAsync(proxy.EndPoint);
        await broken.SendAsync("no request\r\n\r\n");

        using var client = await RawClient.ConnectAsync(proxy.EndPoint, s_other);
        await AskAsync(client);

        Assert.StartsWith("HTTP/1.1 400", await broken.ReadToFinAsync(), StringComparison.Ordinal);
    }

    private static async Task AskAsync(RawClient client)
    {
        await client.SendAsync(Get);
        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    private static async Task<RawClient> HoardAsync(TestDataPlane proxy, string said)
    {
        var client = await RawClient.ConnectAsync(proxy.EndPoint);
        if (said.Length > 0) await client.SendAsync(said);
        return client;
    }

    private static TestDataPlane Start(RawBackend backend, int loops, int limit = Limit)
    {
        var config = Configs.Of(Configs.Listener with { MaxConnections = limit }, Configs.PoolOf(backend.EndPoint));
        return TestDataPlane.Start(config with { Node = config.Node with { EventLoops = loops } });
    }
}
