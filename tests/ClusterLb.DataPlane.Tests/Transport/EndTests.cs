using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Transport;

/// <summary>
/// What a peer sees when this side is done with it: FIN on every transport, since a reset can destroy what it has not read yet.
/// </summary>
public sealed class EndTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_that_idles_too_long_sees_FIN(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        // It runs from the accept, and the one that is served asks within it.
        var hurried = Configs.Listener with { Timeouts = Configs.Listener.Timeouts with { KeepAlive = TimeSpan.FromSeconds(1) } };
        await using var proxy = TestDataPlane.Start(transport, hurried, Configs.PoolOf(backend.EndPoint));
        using var silent = await RawClient.ConnectAsync(proxy.EndPoint);
        using var served = await RawClient.ConnectAsync(proxy.EndPoint);
        await served.SendAsync(Get);
        await served.ReadAsync();

        await SeesFinAsync(silent);
        await SeesFinAsync(served);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_that_idles_when_its_node_stops_sees_FIN(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await Eventually.Is(() => proxy.Host.ActiveClients == 1);

        await proxy.Host.StopAcceptingAsync(TimeSpan.FromSeconds(10), new TaskCompletionSource().Task, TimeProvider.System);

        await SeesFinAsync(client);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_that_is_turned_away_sees_its_answer_and_FIN(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("NOT A REQUEST\r\n\r\nand more");

        Assert.Equal(400, (await client.ReadAsync()).Status);
        await SeesFinAsync(client);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Both_ends_of_a_tunnel_that_idles_too_long_see_FIN(TransportKind transport)
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        var pool = Configs.PoolOf((IPEndPoint)backend.LocalEndpoint) with
        {
            Timeouts =
            Configs.Pool.Timeouts with { Tunnel = TimeSpan.FromMilliseconds(50) }
        };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener with { Protocol = ListenerProtocol.Tcp }, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        using var accepted = await backend.AcceptSocketAsync();

        await SeesFinAsync(client);
        Assert.Equal(0, await accepted.ReceiveAsync(new byte[1]));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_backend_whose_kept_connection_idles_too_long_sees_FIN(TransportKind transport)
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        var pool = Configs.PoolOf((IPEndPoint)backend.LocalEndpoint) with
        {
            Timeouts =
            Configs.Pool.Timeouts with { Idle = TimeSpan.FromMilliseconds(200) }
        };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        using var accepted = await backend.AcceptSocketAsync();
        await new StrictReader(accepted).ReadHeadAsync(CancellationToken.None);
        await accepted.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
        Assert.Equal("ok", (await client.ReadAsync()).Body);

        Assert.Equal(0, await accepted.ReceiveAsync(new byte[1]));
    }

    private static async Task SeesFinAsync(RawClient client)
    {
        Assert.Equal("", await client.ReadToFinAsync());
        Assert.False(client.WasReset);
    }
}
