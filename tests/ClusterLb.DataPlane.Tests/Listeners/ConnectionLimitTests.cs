using System.Net;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Listeners;

/// <summary>How many clients a listener has at a time.</summary>
public sealed class ConnectionLimitTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    [Fact]
    public async Task Above_its_limit_a_listener_lets_clients_wait()
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener with { MaxConnections = 1 }, Configs.PoolOf(backend.EndPoint));
        var first = await RawClient.ConnectAsync(proxy.EndPoint);
        await first.SendAsync(Get);
        await first.ReadAsync();
        using var second = await RawClient.ConnectAsync(proxy.EndPoint);
        await second.SendAsync(Get);
        Assert.Equal(1, proxy.Host.Read().Listeners.Single().Active);

        first.Dispose();

        Assert.Equal(200, (await second.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_client_gets_no_more_connections_than_it_may_and_another_when_one_ends()
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener with { MaxConnectionsPerClient = 1 },
            Configs.PoolOf(backend.EndPoint));
        var first = await RawClient.ConnectAsync(proxy.EndPoint);
        await first.SendAsync(Get);
        await first.ReadAsync();

        Assert.True(await IsTurnedAwayAsync(proxy.EndPoint));
        first.Dispose();
        await Eventually.Is(() => proxy.Host.ActiveClients == 0);

        Assert.Equal(200, await StatusAsync(proxy, Get));
        Assert.Equal(1, proxy.Host.Read().Listeners.Single().ClientRejections);
    }

    private static async Task<int> StatusAsync(TestDataPlane proxy, string request)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(request);
        return (await client.ReadAsync()).Status;
    }

    /// <summary>The reset may come before the connect has been told of, or after.</summary>
    private static async Task<bool> IsTurnedAwayAsync(IPEndPoint endPoint)
    {
        try
        {
            using var client = await RawClient.ConnectAsync(endPoint);
            return await client.IsClosedAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }
}
