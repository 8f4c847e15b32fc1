using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1.Conformance;

/// <summary>What clients get of what backends say, and of backends that do not say what they should.</summary>
public sealed class ResponseTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<string> Unusable() => new(
        "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\0\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/0.9 200 OK\r\n\r\n",
        "<html>hello</html>\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n",
        $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;{new string('e', 5_000)}\r\nhello\r\n0\r\n\r\n");

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task A_response_that_is_none_becomes_502(string answer)
    {
        await using var backend = RawBackend.Start(_ => new Reply(answer));
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(Get);

        Assert.Equal(502, (await client.ReadAsync()).Status);
        Assert.Contains(proxy.Failures, failure => failure.Outcome.Kind == OutcomeKind.Protocol);
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task Every_framing_arrives_whole_and_the_connection_stays(TransportKind transport)
    {
        var answers = new Queue<Reply>([
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nX-T: 1\r\n\r\n",
            new Reply("HTTP/1.1 200 OK\r\n\r\nhello", Close: true),
            new Reply("HTTP/1.0 200 OK\r\n\r\nhello", Close: true),
            "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]);
        await using var backend = RawBackend.Start(_ => answers.Dequeue());
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        foreach (var expected in new[] { "hello", "hello", "hello", "hello", "", "", "" })
        {
            await client.SendAsync(Get);
            var response = await client.ReadAsync();
            Assert.Equal(expected, response.Body);
            Assert.Null(response.Field("Connection"));
        }

        Assert.Empty(client.Trailers);
    }

    [Theory]
    [InlineData("WWW-Authenticate: NTLM\r\n", "")]
    [InlineData("WWW-Authenticate: Basic realm=\"x\", Negotiate\r\n", "")]
    [InlineData("", "Authorization: NTLM TlRMTVNTUAADAAAA\r\n")]
    [InlineData("", "Authorization: Negotiate YII=\r\n")]
    public async Task A_connection_that_a_client_may_have_logged_in_on_serves_no_other(string answered, string sent)
    {
        await using var backend = RawBackend.Start(_ => $"HTTP/1.1 401 Unauthorized\r\n{answered}Content-Length: 2\r\n\r\nno");
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        for (var i = 0; i < 3; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\n{sent}\r\n");
            Assert.Equal(401, (await client.ReadAsync()).Status);
        }

        Assert.Equal(3, backend.Connections);
    }

    [Fact]
    public async Task Credentials_of_one_request_leave_its_connection_usable()
    {
        await using var backend =
            RawBackend.Start(_ => "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 2\r\n\r\nno");
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\n\r\n");
            Assert.Equal(401, (await client.ReadAsync()).Status);
        }

        Assert.Equal(1, backend.Connections);
    }

    [Fact]
    public async Task A_client_that_takes_trailers_gets_those_that_may_be()
    {
        await using var backend =
            RawBackend.Start(_ =>
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n");
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: TE\r\n\r\n");

        Assert.Equal("hi", (await client.ReadAsync()).Body);
        Assert.Equal(["X-Sum: 1"], client.Trailers);
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task An_answer_without_a_date_gets_one_and_a_backends_own_is_kept(TransportKind transport)
    {
        var answers = new Queue<Reply>([
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 304 Not Modified\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\ndate:Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 2\r\n\r\nok"]);
        await using var backend = RawBackend.Start(_ => answers.Dequeue());
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        foreach (var method in new[] { "GET", "GET", "HEAD", "GET" })
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: x\r\n\r\n");
            AssertIsNow((await client.ReadAsync(method)).Field("Date"));
        }

        await client.SendAsync(Get);
        Assert.Null((await client.ReadAsync()).Field("Date"));
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", (await client.ReadAsync()).Field("Date"));
    }

    [Theory]
    [InlineData("GET / HTTP/2.0", 505)]
    [InlineData("HEAD / HTTP/1.1", 503)]
    public async Task An_answer_of_ours_has_a_date(string line, int status)
    {
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.Pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync($"{line}\r\nHost: x\r\n\r\n");

        var answer = await client.ReadAsync(line[..4].Trim());
        Assert.Equal(status, answer.Status);
        AssertIsNow(answer.Field("Date"));
    }

    private static void AssertIsNow(string? date)
    {
        var said = DateTimeOffset.ParseExact(date!, "R", System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(said, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task HEAD_has_the_length_and_no_body_and_the_connection_stays()
    {
        await using var backend =
            RawBackend.Start(request =>
            new Reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + (request.Line.StartsWith("GET", StringComparison.Ordinal) ? "hello"
            : "")));
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + Get);

        Assert.Equal("5", (await client.ReadAsync("HEAD")).Field("Content-Length"));
        Assert.Equal("hello", (await client.ReadAsync()).Body);
    }

    [Fact]
    public async Task Bytes_after_a_response_never_reach_another_client()
    {
        var first = true;
        await using var backend = RawBackend.Start(_ =>
        {
            var surplus = first ? "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison" : "";
            first = false;
            return new Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + surplus);
        });
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal("ok", (await client.ReadAsync()).Body);
        }

        Assert.Equal(2, backend.Connections);
    }

    [Fact]
    public async Task A_body_cut_short_does_not_look_whole()
    {
        var answers = new Queue<Reply>([
            new Reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Close: true),
            new Reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", Close: true)]);
        await using var backend = RawBackend.Start(_ => answers.Dequeue());
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        for (var i = 0; i < 2; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            await Assert.ThrowsAsync<FormatException>(() => client.ReadAsync());
        }
    }

    [Fact]
    public async Task Interim_responses_pass_to_HTTP_1_1_and_too_many_are_an_error()
    {
        var answers = new Queue<Reply>([
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 10_000))]);
        await using var backend = RawBackend.Start(_ => answers.Dequeue());
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using (var client = await RawClient.ConnectAsync(proxy.EndPoint))
        {
            await client.SendAsync(Get);
            Assert.Equal(103, (await client.ReadAsync()).Status);
            Assert.Equal(200, (await client.ReadAsync()).Status);
        }

        using (var old = await RawClient.ConnectAsync(proxy.EndPoint))
        {
            await old.SendAsync("GET / HTTP/1.0\r\n\r\n");
            Assert.Equal(200, (await old.ReadAsync()).Status);
        }

        using var flooded = await RawClient.ConnectAsync(proxy.EndPoint);
        await flooded.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.EndsWith("502 Bad Gateway\n", await flooded.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_HTTP_1_0_client_gets_what_it_understands()
    {
        var answers = new Queue<Reply>([
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"]);
        await using var backend = RawBackend.Start(_ => answers.Dequeue());
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));

        using var closing = await RawClient.ConnectAsync(proxy.EndPoint);
        await closing.SendAsync("GET / HTTP/1.0\r\n\r\n");
        Assert.EndsWith("\r\n\r\nhello", await closing.ReadToEndAsync(), StringComparison.Ordinal);

        using var staying = await RawClient.ConnectAsync(proxy.EndPoint);
        for (var i = 0; i < 2; i++)
        {
            await staying.SendAsync("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            var response = await staying.ReadAsync();
            Assert.Equal("hello", response.Body);
            Assert.Equal("keep-alive", response.Field("Connection"));
        }
    }
}
