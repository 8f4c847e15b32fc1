using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Tcp;

public sealed class TcpConnectionTests
{
    private static readonly ListenerConfig s_tcp = Configs.Listener with { Protocol = ListenerProtocol.Tcp };

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Bytes_pass_both_ways_and_a_half_close_is_passed_on(TransportKind transport)
    {
        await using var backend = RawBackend.Start(request => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + request.Body,
            Close: true));
        await using var proxy = TestDataPlane.Start(transport, s_tcp, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nping");
        client.EndSending();

        Assert.EndsWith("ping", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Empty(backend.Requests.Single().Values("X-Forwarded-For"));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Megabytes_pass_both_ways_unharmed(TransportKind transport)
    {
        await using var backend = RawBackend.Start(request => new Reply(request.Body, Close: true));
        await using var proxy = TestDataPlane.Start(transport, s_tcp, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        var body = Bodies.Of(16_000_000);

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        client.EndSending();

        Assert.Equal(body, await client.ReadExactlyAsync(body.Length));
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_dead_backend_is_passed_over(TransportKind transport)
    {
        await using var dead = RawBackend.Start();
        await using var alive = RawBackend.Start("alive");
        dead.Kill();
        await using var proxy = TestDataPlane.Start(transport, s_tcp, Configs.PoolOf(dead.EndPoint, alive.EndPoint));
        for (var i = 0; i < 4; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.Equal("alive", (await client.ReadAsync()).Body);
        }
    }

    [Fact]
    public async Task A_reset_before_a_word_is_believed_when_several_clients_see_it()
    {
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        var stop = Task.WhenAll(ResetAllAsync(one), ResetAllAsync(other));
        await using var proxy = TestDataPlane.Start(s_tcp, Configs.PoolOf((IPEndPoint)one.LocalEndpoint, (IPEndPoint)other.LocalEndpoint));

        for (var i = 0; i < 10; i++) await EndAsync(proxy, IPAddress.Loopback);
        await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        Assert.Contains(proxy.Failures, failure => failure.Outcome is { Stage: Stage.Tunnel, Kind: OutcomeKind.Reset });
        Assert.Empty(proxy.Transitions);

        for (var i = 2; i < 12; i++) await EndAsync(proxy, new IPAddress([127, 0, 0, (byte)i]));
        await Eventually.Is(() => proxy.Transitions.Any(transition => transition.To == Core.Backends.EffectiveState.Ejected));
        one.Stop();
        other.Stop();
        await stop;
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_connects_while_the_node_drains_is_served(TransportKind transport)
    {
        await using var backend = RawBackend.Start("alive");
        await using var proxy = TestDataPlane.Start(transport, s_tcp, Configs.PoolOf(backend.EndPoint));
        proxy.Host.BeginDrain();
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal("alive", (await client.ReadAsync()).Body);
    }

    [Fact]
    public async Task A_connection_without_a_byte_either_way_ends_at_the_tunnel_timeout()
    {
        await using var backend = RawBackend.Start();
        var pool = Configs.PoolOf(backend.EndPoint) with
        {
            Timeouts =
            Configs.Pool.Timeouts with { Tunnel = TimeSpan.FromMilliseconds(100) }
        };
        await using var proxy = TestDataPlane.Start(s_tcp, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_backend_that_resets_upon_what_a_client_sent_is_not_to_blame(TransportKind transport)
    {
        await using var backend = RawBackend.Start(_ => new Reply("", Reset: true));
        await using var proxy = TestDataPlane.Start(transport, s_tcp, Configs.PoolOf(backend.EndPoint));
        for (var i = 0; i < Configs.Pool.Passive.Failures; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync("GET /what-this-backend-cannot-stand HTTP/1.1\r\nHost: x\r\n\r\n");
            await client.ReadToEndAsync();
        }

        await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        Assert.Empty(proxy.Failures);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_backend_that_resets_before_anybody_said_anything_is_to_blame(TransportKind transport)
    {
        using var resetting = new TcpListener(IPAddress.Loopback, 0);
        resetting.Start();
        // Without retries, as the reset may come before the connect has been told of.
        var pool = Configs.PoolOf((IPEndPoint)resetting.LocalEndpoint) with { Retry = Configs.Pool.Retry with { Attempts = 0 } };
        await using var proxy = TestDataPlane.Start(transport, s_tcp, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        var accepted = await resetting.AcceptSocketAsync();
        await Eventually.Is(() => proxy.Tables.Current.Pools[0].Members[0].Load.InFlight == 1);
        accepted.LingerState = new LingerOption(true, 0);
        accepted.Dispose();

        await client.ReadToEndAsync();
        await Eventually.Is(() => !proxy.Failures.IsEmpty);
        Assert.Equal(OutcomeKind.Reset, proxy.Failures.Single().Outcome.Kind);
    }

    [Fact]
    public async Task A_backend_that_resets_resets_its_client()
    {
        await using var backend = RawBackend.Start(_ => new Reply("partial", Reset: true));
        await using var proxy = TestDataPlane.Start(s_tcp, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        await client.ReadToEndAsync();
        await Eventually.Is(() => proxy.Host.ActiveClients == 0);
    }

    /// <summary>Resets whoever ends its sending, so that the reset never comes before the connection is made.</summary>
    private static async Task ResetAllAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync();
                await socket.ReceiveAsync(new byte[1]);
                socket.LingerState = new LingerOption(true, 0);
            }
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }

    /// <summary>Connects, ends its sending without a word, and waits for the end.</summary>
    private static async Task EndAsync(TestDataPlane proxy, IPAddress from)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint, from);
        client.EndSending();
        await client.ReadToEndAsync();
    }
}
