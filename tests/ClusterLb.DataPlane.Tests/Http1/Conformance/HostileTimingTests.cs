using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1.Conformance;

/// <summary>
/// Peers that stop, leave, or speak at the worst moment: every wait ends, and every connection that is still good is used again.
/// </summary>
public sealed class HostileTimingTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_backend_that_takes_no_body_and_says_nothing_is_504(TransportKind transport)
    {
        var never = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = never.Task }, waitsForBody: false);
        // The 504 comes at once when the pool's time is up: nothing waits for a response to half a request.
        var pool = Configs.PoolOf(backend.EndPoint) with
        {
            Timeouts =
            Configs.Pool.Timeouts with { Idle = TimeSpan.FromMilliseconds(200) }
        };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        var sending = client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n{new string('a', 50_000_000)}");

        Assert.Equal(504, (await client.ReadAsync()).Status);
        client.Dispose();
        await Record.ExceptionAsync(() => sending);
        await Eventually.Is(() => proxy.Tables.Current.Pools[0].Members[0].Load.InFlight == 0);
        never.SetResult();
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_large_response_leaves_its_backends_connection_usable(TransportKind transport)
    {
        var body = new string('b', 300_000);
        await using var backend = RawBackend.Start(body);
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal(body, (await client.ReadAsync()).Body);
        }

        Assert.Equal(1, backend.Connections);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_idle_after_an_upload_is_not_late_with_a_request(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        var listener = Configs.Listener with
        {
            Timeouts = Configs.Listener.Timeouts with
            {
                RequestHead = TimeSpan.FromMilliseconds(100),
                KeepAlive = TimeSpan.FromSeconds(2)
            }
        };
        await using var proxy = TestDataPlane.Start(transport, listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n{new string('a', 200_000)}");
        Assert.Equal(200, (await client.ReadAsync()).Status);

        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_tunnel_that_ends_ends_quietly(TransportKind transport)
    {
        await using var backend =
            RawBackend.Start(_ => new Reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nbye",
            Close: true));
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener with { Upgrades = ["websocket"] },
            Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        Assert.Equal(101, (await client.ReadAsync()).Status);
        Assert.Equal("bye", await client.ReadToEndAsync());
        client.EndSending();

        await Eventually.Is(() => proxy.Host.ActiveClients == 0);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_that_waited_in_the_queue_and_resets_frees_its_backend(TransportKind transport)
    {
        var first = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        var served = 0;
        await using var backend = RawBackend.Start(_ => Reply.Ok() with
        {
            After = Interlocked.Increment(ref served) == 1 ? first.Task
            : never.Task
        });
        var pool = Configs.Pool with
        {
            Backends = [Configs.Backend("b1", backend.EndPoint, maxInFlight: 1)],
            Timeouts = Configs.Pool.Timeouts with { Response = TimeSpan.FromMinutes(10), Idle = TimeSpan.FromMinutes(10) },
        };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, pool);
        using var ahead = await RawClient.ConnectAsync(proxy.EndPoint);
        using var waiting = await RawClient.ConnectAsync(proxy.EndPoint);

        await ahead.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);
        await waiting.SendAsync(Get);
        await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 1);
        first.SetResult();
        await Eventually.Is(() => backend.Requests.Count == 2);
        waiting.Reset();

        await Eventually.Is(() => proxy.Tables.Current.Pools[0].Members[0].Load.InFlight == 0);
        never.SetResult();
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Bytes_that_come_late_never_reach_another_client(TransportKind transport)
    {
        var answered = new TaskCompletionSource();
        var poisoned = new TaskCompletionSource();
        await using var backend = RawBackend.Start(request => !request.Line.Contains("first", StringComparison.Ordinal)
            ? Reply.Ok()
            : Reply.Ok() with { Then = [(answered.Task, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")], Sent = poisoned });
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        using var other = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET /first HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("ok", (await client.ReadAsync()).Body);
        answered.SetResult();
        await poisoned.Task;
        // A whole exchange elsewhere on the loop, so that it has seen what came.
        using var between = await RawClient.ConnectAsync(proxy.EndPoint);
        await between.SendAsync("OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n");
        await between.ReadAsync();
        await other.SendAsync(Get);

        Assert.Equal("ok", (await other.ReadAsync()).Body);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_that_has_ended_its_sending_gets_all_its_answers(TransportKind transport)
    {
        await using var backend = RawBackend.Start(request => Reply.Ok(request.Line));
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
        client.EndSending();

        Assert.Equal("GET /1 HTTP/1.1", (await client.ReadAsync()).Body);
        Assert.Equal("GET /2 HTTP/1.1", (await client.ReadAsync()).Body);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Without_a_retry_budget_a_failure_is_answered_at_once()
    {
        await using var backend = RawBackend.Start(_ => new Reply("", Close: true));
        var pool = Configs.PoolOf(backend.EndPoint) with
        {
            Retry = Configs.Pool.Retry with { BudgetPercent = 0 },
            Queue = new QueueConfig { Length = 1, Timeout = TimeSpan.FromHours(1) },
        };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Get);

        Assert.Equal(502, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_304_keeps_the_length_it_describes()
    {
        await using var backend = RawBackend.Start(_ => "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\n");
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal("5", (await client.ReadAsync()).Field("Content-Length"));
        }
    }
}
