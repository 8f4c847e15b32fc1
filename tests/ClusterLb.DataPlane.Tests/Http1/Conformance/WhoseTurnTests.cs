using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1.Conformance;

/// <summary>
/// The clock that runs is the one of the side that is waited for: a listener's for its clients, a pool's for its backends. That a clock
/// does not run is seen beside a client that the same clock has ended meanwhile.
/// </summary>
public sealed class WhoseTurnTests
{
    private const string Expecting = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    private const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>
    /// Clients have a second, which a slow machine does not take from one that has something to say; backends have the defaults.
    /// </summary>
    private static readonly ListenerConfig s_hurried =
        Configs.Listener with { Timeouts = Configs.Listener.Timeouts with { BodyIdle = TimeSpan.FromSeconds(1) } };

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    public static TheoryData<TransportKind, bool> Uploads() => new()
    {
        { TransportKind.Epoll, false },
        { TransportKind.Epoll, true },
        { TransportKind.Sockets, false },
        { TransportKind.Sockets, true },
    };

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_backend_that_falls_silent_in_its_answer_is_not_waited_for_because_the_client_sends_late(TransportKind transport)
    {
        await using var backend = RawBackend.Start(
            _ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"), waitsForBody: false);
        var pool = Configs.PoolOf(backend.EndPoint);
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener,
            pool with { Timeouts = pool.Timeouts with { Idle = TimeSpan.FromMilliseconds(500) } });
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Expecting);
        Assert.StartsWith("HTTP/1.1 200", await client.ReadExactlyAsync(12), StringComparison.Ordinal);
        await client.SendAsync("hello");

        await client.ReadToEndAsync();
        await Eventually.Is(() => proxy.Pool.Members[0].Load.InFlight == 0);
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_client_that_waits_to_be_asked_is_not_hurried(TransportKind transport, bool chunked)
    {
        var (decided, came) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var backend = RawBackend.Start(request => request.Value("Expect") is null ? ""
            : new Reply("") { Then = [(decided.Task, Continue), (came.Task, Ok)] }, waitsForBody: false);
        await using var proxy = TestDataPlane.Start(transport, s_hurried, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(chunked
            ? Expecting.Replace("Content-Length: 5", "Transfer-Encoding: chunked", StringComparison.Ordinal)
            : Expecting);
        await Eventually.Is(() => backend.Requests.Count == 1);
        await HurryAnotherAsync(proxy);
        await HurryAnotherAsync(proxy);
        decided.SetResult();

        Assert.Equal(100, (await client.ReadAsync()).Status);
        await client.SendAsync(chunked ? "5\r\nhello\r\n0\r\n\r\n" : "hello");
        came.SetResult();
        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Once_asked_it_is(TransportKind transport)
    {
        await using var backend = RawBackend.Start(_ => Continue, waitsForBody: false);
        await using var proxy = TestDataPlane.Start(transport, s_hurried, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Expecting);

        Assert.Equal(100, (await client.ReadAsync()).Status);
        Assert.Equal(408, (await client.ReadAsync()).Status);
        Assert.DoesNotContain(proxy.Failures, failure => failure.Outcome.Side == Side.Upstream);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_backend_that_does_not_decide_has_the_time_of_a_response(TransportKind transport)
    {
        await using var backend = RawBackend.Start(_ => "", waitsForBody: false);
        var pool = Configs.PoolOf(backend.EndPoint) with
        {
            Timeouts =
            Configs.Pool.Timeouts with { Response = TimeSpan.FromMilliseconds(200) }
        };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Expecting);

        Assert.Equal(504, (await client.ReadAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_that_does_not_wait_to_be_asked_is_served(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        foreach (var atOnce in new[] { 0, 2, 5 })
        {
            await client.SendAsync(Expecting + "hello"[..atOnce]);
            if (atOnce == 0) await Eventually.Is(() => backend.Connections == 1);
            await client.SendAsync("hello"[atOnce..]);
            Assert.Equal(200, (await client.ReadAsync()).Status);
        }

        Assert.All(backend.Requests, request => Assert.Equal("hello", request.Body));
        Assert.Empty(backend.Violations);
    }

    [Fact]
    public async Task A_final_answer_in_place_of_the_asking_has_all_its_time()
    {
        var rest = new TaskCompletionSource();
        await using var backend = RawBackend.Start(
            request => request.Value("Expect") is null
                ? ""
                : new Reply("HTTP/1.1 401 Unauthorized\r\nContent-Length: 10\r\n\r\nfirst") { Then = [(rest.Task, "after")] },
                    waitsForBody: false);
        await using var proxy = TestDataPlane.Start(s_hurried, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Expecting);
        Assert.Equal(401, (await client.ReadAsync("HEAD")).Status);
        await HurryAnotherAsync(proxy);
        await HurryAnotherAsync(proxy);
        rest.SetResult();

        Assert.Equal("firstafter", await client.ReadToFinAsync());
    }

    [Fact]
    public async Task One_that_fails_before_it_has_asked_is_replaced_and_after_that_is_not()
    {
        await using var closing = RawBackend.Start(request => new Reply(request.Line.Contains("asked", StringComparison.Ordinal) ? Continue
            : "", Close: true), waitsForBody: false);
        await using var asking = RawBackend.Start(_ => Reply.Ok());
        var pool = Configs.PoolOf(closing.EndPoint, asking.EndPoint) with { Passive = Configs.Pool.Passive with { Failures = 0 } };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);

        for (var i = 0; i < 4; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Expecting.Replace("POST", "PUT", StringComparison.Ordinal));
            await Eventually.Is(() => proxy.Pool.Members[1].Load.InFlight == 1);
            await client.SendAsync("hello");
            Assert.Equal(200, (await client.ReadAsync()).Status);
        }

        var statuses = new List<int>();
        for (var i = 0; i < 4 && !statuses.Contains(502); i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Expecting.Replace("POST /", "PUT /asked", StringComparison.Ordinal));
            await client.SendAsync("hello");
            var status = 100;
            while (status == 100) status = (await client.ReadAsync()).Status;
            statuses.Add(status);
        }

        Assert.Contains(502, statuses);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Interim_answers_keep_an_answer_alive_however_many(TransportKind transport)
    {
        const string processing = "HTTP/1.1 102 Processing\r\n\r\n";
        // A third of what the answer may take, four times: longer than that in all.
        var (patience, pause) = (TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1));
        var pieces = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource()).ToList();
        await using var backend = RawBackend.Start(_ => new Reply(string.Concat(Enumerable.Repeat(processing, 100)))
        {
            Then = [.. pieces.Select((piece, i) => ((Task)piece.Task, i < 3 ? processing : Ok))],
        });
        var pool = Configs.PoolOf(backend.EndPoint) with { Timeouts = Configs.Pool.Timeouts with { Response = patience } };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        for (var i = 0; i < 100; i++) Assert.Equal(102, (await client.ReadAsync()).Status);
        for (var i = 0; i < pieces.Count; i++)
        {
            var heard = Stopwatch.GetTimestamp();
            await Eventually.Is(() => Stopwatch.GetElapsedTime(heard) >= pause);
            pieces[i].SetResult();
            Assert.Equal(i < 3 ? 102 : 200, (await client.ReadAsync()).Status);
        }
    }

    [Fact]
    public async Task But_not_for_ever()
    {
        var goesOn = true;
        await using var backend =
            RawBackend.Start(_ => new Reply("") { Then = new Endless(() => goesOn, "HTTP/1.1 102 Processing\r\n\r\n") });
        var pool = Configs.PoolOf(backend.EndPoint) with
        {
            Timeouts =
            Configs.Pool.Timeouts with { Tunnel = TimeSpan.FromMilliseconds(300) }
        };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        var status = 102;
        while (status == 102) status = (await client.ReadAsync()).Status;

        Assert.Equal(504, status);
        goesOn = false;
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_backend_that_pauses_gets_the_whole_upload_when_it_comes_back(TransportKind transport, bool chunked)
    {
        using var listening = new TcpListener(IPAddress.Loopback, 0);
        listening.Start();
        await using var other = RawBackend.Start(_ => "", waitsForBody: false);
        var listener = s_hurried with { Routes = [OtherRoute], Pool = "app" };
        await using var proxy = TestDataPlane.Start(transport, listener, Configs.PoolOf((IPEndPoint)listening.LocalEndpoint),
            Configs.PoolOf(other.EndPoint) with { Name = "other" });
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        var body = Bodies.Of(16_000_000);

        var sending = client.SendAsync(chunked
            ? string.Create(CultureInfo.InvariantCulture,
                $"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n")
            : $"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        using var backend = await listening.AcceptSocketAsync();
        var reader = new StrictReader(backend);
        var head = await reader.ReadHeadAsync(CancellationToken.None);
        // Every buffer on the way is full by the time that others have run out of theirs.
        for (var i = 0; i < 2; i++) await HurryAnotherAsync(proxy, "/other");
        var received = await reader.ReadBodyAsync(head!, CancellationToken.None);
        await backend.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.True(body == received);
        await sending;
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_backend_that_answers_without_taking_the_upload_goes_on_answering(TransportKind transport)
    {
        var rest = new TaskCompletionSource();
        await using var backend =
            RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst") { Then = [(rest.Task, "after")] },
            waitsForBody: false);
        var pool = Configs.PoolOf(backend.EndPoint) with { Timeouts = Configs.Pool.Timeouts with { Idle = TimeSpan.FromSeconds(1) } };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        var sending = client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 16000000\r\n\r\n{Bodies.Of(16_000_000)}");
        Assert.Equal(200, (await client.ReadAsync("HEAD")).Status);
        Assert.Equal("first", await client.ReadExactlyAsync(5));
        rest.SetResult();

        Assert.Equal("after", await client.ReadExactlyAsync(5));
        client.Dispose();
        await Record.ExceptionAsync(() => sending);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_backend_that_waits_for_its_client_may_be_silent(TransportKind transport)
    {
        var came = new TaskCompletionSource();
        await using var backend = RawBackend.Start(
            request => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
            {
                Then =
                [(request.Line.Contains("first", StringComparison.Ordinal) ? came.Task : s_never, "after")]
            }, waitsForBody: false);
        var pool = Configs.PoolOf(backend.EndPoint) with
        {
            Timeouts =
            Configs.Pool.Timeouts with { Idle = TimeSpan.FromMilliseconds(100) }
        };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        using var finished = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("POST /first HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        await client.ReadAsync("HEAD");
        // One whose request is whole ends when its backend falls silent.
        await finished.SendAsync("GET /second HTTP/1.1\r\nHost: x\r\n\r\n");
        await finished.ReadAsync("HEAD");
        Assert.Equal("first", await finished.ReadToEndAsync());
        came.SetResult();

        Assert.Equal("firstafter", await client.ReadExactlyAsync(10));
    }

    private static readonly Task s_never = new TaskCompletionSource().Task;

    private static RouteConfig OtherRoute => new()
    {
        Name = "routes[0]",
        Host = "",
        Path = "/other",
        PathPrefix = "",
        Methods = [],
        HeaderName = "",
        HeaderValue = "",
        CookieName = "",
        CookieValue = "",
        Pool = "other",
    };

    /// <summary>Returns when the listener's time for a client in the middle of its body has passed, as seen by one that is.</summary>
    private static async Task HurryAnotherAsync(TestDataPlane proxy, string path = "/")
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
        Assert.Equal(408, (await client.ReadAsync()).Status);
    }

    /// <summary>The same bytes every 50 ms.</summary>
    private sealed class Endless(Func<bool> goesOn, string bytes) : IReadOnlyList<(Task After, string Bytes)>
    {
        public int Count => int.MaxValue;

        public (Task After, string Bytes) this[int index] => (Task.Delay(50), bytes);

        public IEnumerator<(Task After, string Bytes)> GetEnumerator()
        {
            while (goesOn()) yield return (Task.Delay(50), bytes);
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
