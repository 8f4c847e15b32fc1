using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Upstream;

public sealed class IdleConnectionsTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<TransportKind, AdminState> AwayByOrder()
    {
        var data = new TheoryData<TransportKind, AdminState>();
        foreach (var transport in new[] { TransportKind.Epoll, TransportKind.Sockets })
        {
            foreach (var state in new[] { AdminState.Draining, AdminState.Drained, AdminState.Maintenance }) data.Add(transport, state);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(AwayByOrder))]
    public async Task Idle_connections_to_a_backend_that_an_operator_took_away_are_closed(TransportKind transport, AdminState state)
    {
        await using var leaving = RawBackend.Start();
        await using var staying = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(leaving.EndPoint, staying.EndPoint));
        await ServeAsync(proxy, requests: 2);

        proxy.SetAdmin(proxy.Pool.Members[0], state);

        await Eventually.Is(() => leaving.Ended == 1 && proxy.Host.Read().Backends[0].IdleConnections == 0);
        Assert.Equal(1, proxy.Host.Read().Backends[1].IdleConnections);
        Assert.Equal((1, 0), (staying.Connections, staying.Ended));
    }

    [Fact]
    public async Task Idle_connections_to_a_backend_that_is_down_are_closed_unless_failing_open_uses_it()
    {
        await using var first = RawBackend.Start();
        await using var second = RawBackend.Start();
        var pool = Configs.PoolOf(first.EndPoint, second.EndPoint) with { Health = Configs.Pool.Health with { Probe = Configs.HttpProbe } };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);
        foreach (var backend in proxy.Pool.Members) proxy.SetActive(backend, ActiveHealth.Up);
        await ServeAsync(proxy, requests: 2);

        proxy.SetActive(proxy.Pool.Members[0], ActiveHealth.Down);
        await Eventually.Is(() => first.Ended == 1);
        Assert.Equal(0, second.Ended);

        proxy.SetActive(proxy.Pool.Members[1], ActiveHealth.Down);
        Assert.True(proxy.Pool.FailOpen);
        await ServeAsync(proxy, requests: 2);
        // The next look at idle connections is over once it has closed these.
        proxy.SetAdmin(proxy.Pool.Members[0], AdminState.Draining);
        await Eventually.Is(() => first.Ended == 2);
        Assert.Equal(0, second.Ended);
    }

    [Fact]
    public async Task Idle_connections_of_a_pool_that_was_replaced_are_closed()
    {
        await using var backend = RawBackend.Start();
        var config = Configs.Of(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        await using var proxy = TestDataPlane.Start(config);
        await ServeAsync(proxy, requests: 1);

        proxy.Publish(config with { Pools = [Configs.PoolOf(backend.EndPoint) with { DrainTimeout = TimeSpan.FromSeconds(1) }] });

        await Eventually.Is(() => backend.Ended == 1);
        await ServeAsync(proxy, requests: 1);
    }

    [Fact]
    public async Task A_kept_alive_client_goes_elsewhere_with_its_next_request_once_its_backend_drains()
    {
        await using var first = RawBackend.Start("first");
        await using var second = RawBackend.Start("second");
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(first.EndPoint, second.EndPoint));
        proxy.SetAdmin(proxy.Pool.Members[1], AdminState.Draining);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        Assert.Equal("first", await AskAsync(client));

        proxy.SetAdmin(proxy.Pool.Members[1], AdminState.Ready);
        proxy.SetAdmin(proxy.Pool.Members[0], AdminState.Draining);

        for (var i = 0; i < 5; i++) Assert.Equal("second", await AskAsync(client));
    }

    private static async Task ServeAsync(TestDataPlane proxy, int requests)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        for (var i = 0; i < requests; i++) await AskAsync(client);
    }

    private static async Task<string> AskAsync(RawClient client)
    {
        await client.SendAsync(Get);
        return (await client.ReadAsync()).Body;
    }
}
