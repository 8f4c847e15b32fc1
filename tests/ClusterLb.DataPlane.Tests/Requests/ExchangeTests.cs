using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Requests;

/// <summary>The way of a request, from outside: routes, retries, queues, bodies.</summary>
public sealed class ExchangeTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_refused_connection_is_retried_elsewhere_whatever_the_method(TransportKind transport)
    {
        await using var alive = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(Nobody(), alive.EndPoint));

        for (var i = 0; i < 4; i++)
            Assert.Equal(200, await StatusAsync(proxy, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"));

        Assert.Contains(("app/b1", Core.Backends.EffectiveState.Ejected), proxy.Transitions);
    }

    [Fact]
    public async Task A_request_that_may_have_been_served_is_repeated_only_when_it_is_idempotent()
    {
        await using var dying = RawBackend.Start(_ => new Reply("", Reset: true));
        await using var alive = RawBackend.Start();
        var pool = Configs.PoolOf(dying.EndPoint, alive.EndPoint) with { Passive = Configs.Pool.Passive with { Failures = 0 } };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);

        for (var i = 0; i < 4; i++) Assert.Equal(200, await StatusAsync(proxy, Get));
        for (var i = 0; i < 4; i++) Assert.Equal(200, await StatusAsync(proxy, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"));
        var posts = new List<int>();
        for (var i = 0; i < 4; i++) posts.Add(await StatusAsync(proxy, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"));

        Assert.Contains(502, posts);
        Assert.Equal(4, dying.Requests.Concat(alive.Requests).Count(request => request.Line.StartsWith("POST", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nobody_there_is_503_too_slow_is_504_and_closed_early_is_502()
    {
        var never = new TaskCompletionSource();
        await using var silent = RawBackend.Start(_ => new Reply("") { After = never.Task });
        await using var closing = RawBackend.Start(_ => new Reply("HTTP/1.1 200", Close: true));
        var impatient = Configs.Pool.Timeouts with { Response = TimeSpan.FromMilliseconds(100) };
        await using var slow = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(silent.EndPoint) with { Timeouts = impatient });
        await using var early = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(closing.EndPoint));
        await using var dead = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(Nobody()));

        Assert.Equal(504, await StatusAsync(slow, Get));
        Assert.Equal(502, await StatusAsync(early, Get));
        Assert.Equal(503, await StatusAsync(dead, Get));
        never.SetResult();
    }

    [Fact]
    public async Task A_body_above_its_limit_is_413_announced_or_not()
    {
        await using var backend = RawBackend.Start();
        var narrow = Configs.Listener with { Limits = Configs.Listener.Limits with { BodyBytes = 4 } };
        await using var proxy = TestDataPlane.Start(narrow, Configs.PoolOf(backend.EndPoint));

        Assert.Equal(200, await StatusAsync(proxy, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd"));
        Assert.Equal(413, await StatusAsync(proxy, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde"));
        Assert.Equal(413, await StatusAsync(proxy,
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Megabytes_pass_both_ways_unharmed(TransportKind transport)
    {
        await using var backend = RawBackend.Start(request => Reply.Ok(request.Body));
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        var body = Bodies.Of(3_000_000);

        var sending = client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var whole = await client.ReadAsync();
        await sending;
        Assert.Equal(body, whole.Body);

        sending = client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n"
            + $"\r\n");
        var chunked = await client.ReadAsync();
        await sending;
        Assert.Equal(body, chunked.Body);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_that_reads_late_gets_all_of_a_large_response(TransportKind transport)
    {
        // More than all socket buffers on the way hold.
        var body = Bodies.Of(16_000_000);
        await using var backend = RawBackend.Start(_ => Reply.Ok(body));
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        using var other = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);
        await other.SendAsync(Get);

        Assert.Equal(body, (await other.ReadAsync()).Body);
        Assert.Equal(body, (await client.ReadAsync()).Body);
        await client.SendAsync(Get);
        Assert.Equal(body, (await client.ReadAsync()).Body);
    }

    [Fact]
    public async Task A_full_backend_queues_in_order_and_a_full_queue_refuses()
    {
        var open = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = open.Task });
        var queue = new QueueConfig { Length = 1, Timeout = TimeSpan.FromSeconds(5) };
        var pool = Configs.Pool with { Backends = [Configs.Backend("b1", backend.EndPoint, maxInFlight: 1)], Queue = queue };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);
        using var first = await RawClient.ConnectAsync(proxy.EndPoint);
        using var second = await RawClient.ConnectAsync(proxy.EndPoint);

        await first.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);
        await second.SendAsync(Get);
        await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 1);
        Assert.Equal(503, await StatusAsync(proxy, Get));
        open.SetResult();

        Assert.Equal(200, (await first.ReadAsync()).Status);
        Assert.Equal(200, (await second.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_client_that_leaves_gives_up_its_place_in_the_queue()
    {
        var open = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = open.Task });
        var pool = Configs.Pool with { Backends = [Configs.Backend("b1", backend.EndPoint, maxInFlight: 1)] };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);
        using var first = await RawClient.ConnectAsync(proxy.EndPoint);
        using var second = await RawClient.ConnectAsync(proxy.EndPoint);

        await first.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);
        await second.SendAsync(Get);
        await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 1);
        second.Dispose();
        await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 0);
        open.SetResult();

        Assert.Equal(200, (await first.ReadAsync()).Status);
        Assert.Single(backend.Requests);
    }

    [Fact]
    public async Task Routes_decide_by_host_and_path_and_nothing_is_404()
    {
        await using var a = RawBackend.Start("a");
        await using var b = RawBackend.Start("b");
        var listener = Configs.Listener with
        {
            Pool = "",
            Routes = [Route("routes[0]", "/a/", "pa"), Route("routes[1]", "/", "pb") with { Host = "b.example.com" }]
        };
        await using var proxy = TestDataPlane.Start(listener, Configs.PoolOf(a.EndPoint) with { Name = "pa" },
            Configs.PoolOf(b.EndPoint) with { Name = "pb" });
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET /a/x HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("a", (await client.ReadAsync()).Body);
        await client.SendAsync("GET /a/x HTTP/1.1\r\nHost: B.example.com:80\r\n\r\n");
        Assert.Equal("b", (await client.ReadAsync()).Body);
        await client.SendAsync("GET /c HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal(404, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_drain_lets_idle_clients_go_and_busy_ones_finish()
    {
        var open = new TaskCompletionSource();
        await using var backend = RawBackend.Start(request => request.Line.Contains("slow", StringComparison.Ordinal)
            ? Reply.Ok() with { After = open.Task } : Reply.Ok());
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var idle = await RawClient.ConnectAsync(proxy.EndPoint);
        using var busy = await RawClient.ConnectAsync(proxy.EndPoint);
        await idle.SendAsync(Get);
        await idle.ReadAsync();
        await busy.SendAsync("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.Is(() => backend.Requests.Count == 2);

        var stopping = proxy.Host.StopAcceptingAsync(TimeSpan.FromSeconds(10), new TaskCompletionSource().Task, TimeProvider.System);
        Assert.True(await idle.IsClosedAsync());
        open.SetResult();

        var last = await busy.ReadAsync();
        Assert.Equal("close", last.Field("Connection"));
        Assert.Equal(0, await stopping);
    }

    private static RouteConfig Route(string name, string prefix, string pool) => new()
    {
        Name = name,
        Host = "",
        Path = "",
        PathPrefix = prefix,
        Methods = [],
        HeaderName = "",
        HeaderValue = "",
        CookieName = "",
        CookieValue = "",
        Pool = pool,
    };

    private static async Task<int> StatusAsync(TestDataPlane proxy, string request)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(request);
        return (await client.ReadAsync()).Status;
    }

    /// <summary>An address where nobody listens.</summary>
    private static IPEndPoint Nobody() => new(IPAddress.Loopback, FreePorts.Next());
}
