using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1;

public sealed class HttpExchangeTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Connections_to_backends_are_kept_and_used_again(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        for (var i = 0; i < 5; i++) Assert.Equal(200, await StatusAsync(proxy, Get));

        Assert.Equal(1, backend.Connections);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_refused_connection_is_retried_elsewhere_whatever_the_method(TransportKind transport)
    {
        await using var alive = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(Nobody(), alive.EndPoint));

        for (var i = 0; i < 4; i++) Assert.Equal(200, await StatusAsync(proxy, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"));

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
    public async Task A_kept_connection_that_its_backend_closed_costs_no_request()
    {
        await using var backend = RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Close: true));
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));

        for (var i = 0; i < 20; i++) Assert.Equal(200, await StatusAsync(proxy, Get));

        Assert.DoesNotContain(proxy.Failures, failure => failure.Outcome.Side == Side.Upstream);
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
    public async Task A_slow_head_is_408_and_a_slow_body_too()
    {
        await using var backend = RawBackend.Start();
        var soon = TimeSpan.FromMilliseconds(100);
        var hurried = Configs.Listener with { Timeouts = Configs.Listener.Timeouts with { RequestHead = soon, BodyIdle = soon } };
        await using var proxy = TestDataPlane.Start(hurried, Configs.PoolOf(backend.EndPoint));

        Assert.Equal(408, await StatusAsync(proxy, "GET / HTTP/1.1\r\nHo"));
        Assert.Equal(408, await StatusAsync(proxy, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhi"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task A_body_that_trickles_is_408(string method)
    {
        await using var backend = RawBackend.Start();
        // At 1 MiB/s a second's silence costs more than a few bytes buy: only the grace is left.
        var demanding = Configs.Listener with { Limits = Configs.Listener.Limits with { BodyRate = 1024 * 1024 } };
        await using var proxy = TestDataPlane.Start(demanding, Configs.PoolOf(backend.EndPoint));

        Assert.Equal(408, await StatusAsync(proxy, $"{method} / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhi"));
    }

    [Fact]
    public async Task An_idle_client_is_closed_without_a_word()
    {
        await using var backend = RawBackend.Start();
        var hurried = Configs.Listener with { Timeouts = Configs.Listener.Timeouts with { KeepAlive = TimeSpan.FromMilliseconds(50) } };
        await using var proxy = TestDataPlane.Start(hurried, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_body_above_its_limit_is_413_announced_or_not()
    {
        await using var backend = RawBackend.Start();
        var narrow = Configs.Listener with { Limits = Configs.Listener.Limits with { BodyBytes = 4 } };
        await using var proxy = TestDataPlane.Start(narrow, Configs.PoolOf(backend.EndPoint));

        Assert.Equal(200, await StatusAsync(proxy, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd"));
        Assert.Equal(413, await StatusAsync(proxy, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde"));
        Assert.Equal(413, await StatusAsync(proxy, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_body_is_asked_for_once_and_only_by_the_backend(TransportKind transport)
    {
        var bodyCame = new TaskCompletionSource();
        await using var backend = RawBackend.Start(
            _ => new Reply("HTTP/1.1 100 Continue\r\n\r\n") { Then = [(bodyCame.Task, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")] }, waitsForBody: false);
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, (await client.ReadAsync()).Status);
        await client.SendAsync("hello");
        bodyCame.SetResult();

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal("100-continue", backend.Requests.First().Value("Expect"));
    }

    [Fact]
    public async Task A_final_answer_without_the_body_ends_both_connections()
    {
        await using var backend = RawBackend.Start(_ => "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno", waitsForBody: false);
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        var response = await client.ReadAsync();

        Assert.Equal(401, response.Status);
        Assert.Equal("close", response.Field("Connection"));
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_upload_that_is_refused_early_still_gets_its_answer(TransportKind transport)
    {
        await using var backend = RawBackend.Start(_ => new Reply("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig", Close: true), waitsForBody: false);
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
        var response = await client.ReadAsync();

        Assert.Equal("big", response.Body);
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

        sending = client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n");
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
    public async Task A_client_that_resets_in_the_middle_of_a_large_response_spoils_no_other()
    {
        var body = Bodies.Of(4_000_000);
        await using var backend = RawBackend.Start(_ => Reply.Ok(body));
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        for (var i = 0; i < 3; i++)
        {
            var leaving = await RawClient.ConnectAsync(proxy.EndPoint);
            await leaving.SendAsync(Get);
            await leaving.ReadExactlyAsync(200_000);
            leaving.Reset();
            using var staying = await RawClient.ConnectAsync(proxy.EndPoint);
            await staying.SendAsync(Get);
            Assert.Equal(body, (await staying.ReadAsync()).Body);
        }

        await Eventually.Is(() => proxy.Tables.Current.Pools[0].Members[0].Load.InFlight == 0);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_allowed_upgrade_becomes_a_tunnel(TransportKind transport)
    {
        var hello = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ =>
            new Reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst") { Then = [(hello.Task, "second")] });
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener with { Upgrades = ["websocket"] }, Configs.PoolOf(backend.EndPoint));
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
    [InlineData("websocket")]
    [InlineData("h2c")]
    public async Task An_upgrade_that_is_not_allowed_is_an_ordinary_request(string protocol)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync($"GET /1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");

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
        await using var backend = RawBackend.Start(_ => new Reply($"HTTP/1.1 101 Switching Protocols\r\n{answered}Connection: Upgrade\r\n\r\nraw"));
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
    public async Task A_client_that_resets_frees_its_backend()
    {
        var never = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = never.Task });
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);
        client.Reset();

        await Eventually.Is(() => proxy.Tables.Current.Pools[0].Members[0].Load.InFlight == 0);
        never.SetResult();
    }

    [Fact]
    public async Task Routes_decide_by_host_and_path_and_nothing_is_404()
    {
        await using var a = RawBackend.Start("a");
        await using var b = RawBackend.Start("b");
        var listener = Configs.Listener with { Pool = "", Routes = [Route("routes[0]", "/a/", "pa"), Route("routes[1]", "/", "pb") with { Host = "b.example.com" }] };
        await using var proxy = TestDataPlane.Start(listener, Configs.PoolOf(a.EndPoint) with { Name = "pa" }, Configs.PoolOf(b.EndPoint) with { Name = "pb" });
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
        await using var backend = RawBackend.Start(request => request.Line.Contains("slow", StringComparison.Ordinal) ? Reply.Ok() with { After = open.Task } : Reply.Ok());
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
        await using var proxy = TestDataPlane.Start(Configs.Listener with { MaxConnectionsPerClient = 1 }, Configs.PoolOf(backend.EndPoint));
        var first = await RawClient.ConnectAsync(proxy.EndPoint);
        await first.SendAsync(Get);
        await first.ReadAsync();

        Assert.True(await IsTurnedAwayAsync(proxy.EndPoint));
        first.Dispose();
        await Eventually.Is(() => proxy.Host.ActiveClients == 0);

        Assert.Equal(200, await StatusAsync(proxy, Get));
        Assert.Equal(1, proxy.Host.Read().Listeners.Single().ClientRejections);
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
