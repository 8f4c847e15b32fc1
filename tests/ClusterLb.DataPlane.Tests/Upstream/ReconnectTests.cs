using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Upstream;

/// <summary>Backends that cannot be connected to for a moment, with no other to take their place.</summary>
public sealed class ReconnectTests
{
    private const string Post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";

    public static TheoryData<TransportKind, ListenerProtocol> Ways() => new()
    {
        { TransportKind.Epoll, ListenerProtocol.Http },
        { TransportKind.Epoll, ListenerProtocol.Tcp },
        { TransportKind.Sockets, ListenerProtocol.Http },
        { TransportKind.Sockets, ListenerProtocol.Tcp },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_restart_in_a_pool_of_one_costs_no_request(TransportKind transport, ListenerProtocol protocol)
    {
        var place = Free();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener with { Protocol = protocol },
            Patient(Configs.PoolOf(place)));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Post);
        await Eventually.Is(() => !proxy.Failures.IsEmpty);
        await using var backend = RawBackend.StartAt(place);

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.All(proxy.Failures, failure => Assert.Equal(OutcomeKind.Refused, failure.Outcome.Kind));
        Assert.Equal("hi", backend.Requests.Single().Body);
    }

    [Fact]
    public async Task Nor_does_one_of_all_backends_at_once()
    {
        var (one, other) = (Free(), Free());
        await using var proxy = TestDataPlane.Start(Configs.Listener, Patient(Configs.PoolOf(one, other)));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Post);
        await Eventually.Is(() => proxy.Failures.Count >= 2);
        await using var backend = RawBackend.StartAt(one);
        await using var second = RawBackend.StartAt(other);

        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task Who_stays_away_is_503_after_as_many_tries_as_are_allowed()
    {
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(Free()));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Post);

        Assert.Equal(503, (await client.ReadAsync()).Status);
        Assert.Equal(1 + Configs.Pool.Retry.Attempts, proxy.Failures.Count);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_full_accept_queue_costs_no_request(TransportKind transport, ListenerProtocol protocol)
    {
        using var backend = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        backend.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        backend.Listen(0);
        var place = (IPEndPoint)backend.LocalEndPoint!;
        var ahead = await FullAccepts.FillAsync(place);
        var pool = Patient(Configs.PoolOf(place));
        pool = pool with { Timeouts = pool.Timeouts with { Connect = TimeSpan.FromMilliseconds(300) } };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener with { Protocol = protocol }, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Post);
        await Eventually.Is(() => proxy.Failures.Any(failure => failure.Outcome is { Stage: Stage.Connect, Kind: OutcomeKind.TimedOut }));
        using var stopping = new CancellationTokenSource();
        var serving = ServeAsync(backend, stopping.Token);

        Assert.Equal(200, (await client.ReadAsync()).Status);
        ahead.Dispose();
        await stopping.CancelAsync();
        await serving;
    }

    /// <summary>Many tries, so that a slow machine has the time it needs.</summary>
    private static PoolConfig Patient(PoolConfig pool) => pool with { Retry = pool.Retry with { Attempts = 10 } };

    /// <summary>An address where nobody listens.</summary>
    private static IPEndPoint Free() => new(IPAddress.Loopback, FreePorts.Next());

    private static async Task ServeAsync(Socket backend, CancellationToken stopping)
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(AnswerAsync(await backend.AcceptAsync(stopping)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private static async Task AnswerAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var reader = new StrictReader(socket);
                if (await reader.ReadHeadAsync(CancellationToken.None) is not { } head) return;
                await reader.ReadBodyAsync(head, CancellationToken.None);
                await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray());
            }
            catch (SocketException)
            {
                // One that gave up waiting.
            }
        }
    }
}
