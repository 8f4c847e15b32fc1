using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1;

/// <summary>What becomes of clients while their node leaves.</summary>
public sealed class HttpConnectionTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    private static readonly Task s_never = new TaskCompletionSource().Task;

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_connects_while_the_node_drains_is_served_once(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        proxy.Host.BeginDrain();
        for (var i = 0; i < 5; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            var response = await client.ReadAsync();

            Assert.Equal(200, response.Status);
            Assert.Equal("close", response.Field("Connection"));
            Assert.True(await client.IsClosedAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_was_connected_when_the_drain_began_is_told_with_its_next_answer(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var silent = await RawClient.ConnectAsync(proxy.EndPoint);
        using var served = await RawClient.ConnectAsync(proxy.EndPoint);
        await served.SendAsync(Get);
        await served.ReadAsync();
        await Eventually.Is(() => proxy.Host.ActiveClients == 2);

        proxy.Host.BeginDrain();
        foreach (var client in new[] { silent, served })
        {
            await client.SendAsync(Get);
            Assert.Equal("close", (await client.ReadAsync()).Field("Connection"));
            Assert.True(await client.IsClosedAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_was_not_told_before_the_listeners_closed_has_a_moment_for_one_more_request(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await client.ReadAsync();

        var stopping = proxy.Host.StopAcceptingAsync(TimeSpan.FromSeconds(10), s_never, TimeProvider.System);
        // One that comes just before the loop hears of it may still be told to stay.
        for (var told = ""; told != "close";)
        {
            await client.SendAsync(Get);
            var response = await client.ReadAsync();
            Assert.Equal(200, response.Status);
            told = response.Field("Connection") ?? "";
        }

        Assert.Equal(0, await stopping);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Whose_connect_succeeded_before_the_listeners_closed_is_served(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        var clients = new List<RawClient>();
        for (var i = 0; i < 20; i++)
        {
            var client = await RawClient.ConnectAsync(proxy.EndPoint);
            clients.Add(client);
            // At once: who has asked nothing a second after the listeners closed is let go.
            await client.SendAsync(Get);
        }

        var stopping = proxy.Host.StopAcceptingAsync(TimeSpan.FromSeconds(10), s_never, TimeProvider.System);

        foreach (var client in clients)
        {
            Assert.Equal(200, (await client.ReadAsync()).Status);
            client.Dispose();
        }

        Assert.Equal(0, await stopping);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_asks_nothing_keeps_no_node_from_leaving(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await Eventually.Is(() => proxy.Host.ActiveClients == 1);

        var cutOff = await proxy.Host.StopAcceptingAsync(TimeSpan.FromSeconds(30), s_never, TimeProvider.System);

        Assert.Equal(0, cutOff);
        Assert.True(await client.IsClosedAsync());
    }
}
