using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1.Conformance;

/// <summary>What backends get: the same request, in our framing, without what was meant for this hop.</summary>
public sealed class ForwardedRequestTests
{
    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task Every_way_to_send_a_body_arrives_whole(TransportKind transport)
    {
        await using var backend = RawBackend.Start(request => Reply.Ok(request.Body));
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
        Assert.Equal("hello", (await client.ReadAsync()).Body);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello");
        Assert.Equal("hello", (await client.ReadAsync()).Body);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n2;ext=\"a;b\"\r\nhe\r\n0003\r\nllo\r\n"
            + "0\r\nX-T: v\r\n\r\n");
        Assert.Equal("hello", (await client.ReadAsync()).Body);
        await client.SendAsync("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal("", (await client.ReadAsync()).Body);
        Assert.Empty(backend.Violations);
        Assert.Equal(4, backend.Requests.Count);
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task A_request_that_comes_byte_by_byte_is_the_same_request(TransportKind transport)
    {
        await using var backend = RawBackend.Start(request => Reply.Ok(request.Body));
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        foreach (var c in "POST /a?b=c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
            await client.SendAsync(c.ToString());

        Assert.Equal("hello", (await client.ReadAsync()).Body);
        Assert.Equal("POST /a?b=c HTTP/1.1", backend.Requests.Single().Line);
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task One_connection_serves_upload_after_upload_that_is_passed_while_it_comes(TransportKind transport)
    {
        var body = new string('x', 4 * 1024 * 1024);
        await using var backend = RawBackend.Start(request => Reply.Ok($"{request.Body.Length}"));
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync($"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            Assert.Equal($"{body.Length}", (await client.ReadAsync()).Body);
        }

        Assert.Equal(1, backend.Connections);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using var backend = RawBackend.Start(request => Reply.Ok(request.Line + request.Body));
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(string.Concat(Enumerable.Range(0, 50).Select(i =>
            $"GET /{i} HTTP/1.1\r\nHost: x\r\n\r\nPOST /{i} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nabPOST /{i} HTTP/1.1\r\n"
                + $"Host: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ncd\r\n0\r\n\r\n")));

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal($"GET /{i} HTTP/1.1", (await client.ReadAsync()).Body);
            Assert.Equal($"POST /{i} HTTP/1.1ab", (await client.ReadAsync()).Body);
            Assert.Equal($"POST /{i} HTTP/1.1cd", (await client.ReadAsync()).Body);
        }

        Assert.Equal(150, backend.Requests.Count);
        Assert.Empty(backend.Violations);
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task A_small_extension_in_every_one_of_many_chunks_is_dropped_both_ways(TransportKind transport)
    {
        var chunks = string.Concat(Enumerable.Range(0, 3_000).Select(i => $"5;part={i}\r\nhello\r\n")) + "0\r\n\r\n";
        var body = string.Concat(Enumerable.Repeat("hello", 3_000));
        await using var backend = RawBackend.Start(_ => $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");

        Assert.Equal(body, (await client.ReadAsync()).Body);
        Assert.Equal(body, backend.Requests.Single().Body);
        Assert.Empty(backend.Violations);
    }

    [Fact]
    public async Task A_body_that_is_all_extensions_is_refused()
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + string.Concat(Enumerable.Repeat($"1;{new string('e', 500)}\r\nx\r\n", 40)));

        Assert.Equal(400, (await client.ReadAsync()).Status);
        Assert.True(await client.IsClosedAsync());
        Assert.Empty(backend.Requests);
    }

    [Fact]
    public async Task What_is_meant_for_this_hop_goes_no_further()
    {
        var seen = await ForwardAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n"
            + "Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n"
            + "TE: gzip\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\nProxy-Authorization: Basic x\r\nX-End: 2\r\n\r\n");

        foreach (var name in new[] { "X-Hop", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade", "HTTP2-Settings", "Proxy-Authorization",
            "Connection" })
        {
            Assert.Empty(seen.Values(name));
        }

        Assert.Equal("2", seen.Value("X-End"));
    }

    [Fact]
    public async Task Connection_cannot_remove_what_backends_rely_on()
    {
        var seen = await ForwardAsync("POST / HTTP/1.1\r\nHost: x\r\nConnection: X-Forwarded-For, Host, Content-Length, Authorization, "
            + "Cookie\r\nAuthorization: a\r\nCookie: c=d\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal("127.0.0.1", seen.Value("X-Forwarded-For"));
        Assert.Equal("x", seen.Value("Host"));
        Assert.Equal("a", seen.Value("Authorization"));
        Assert.Equal("c=d", seen.Value("Cookie"));
        Assert.Equal("hi", seen.Body);
    }

    [Fact]
    public async Task A_strangers_claims_about_the_client_are_replaced()
    {
        var seen = await ForwardAsync("GET / HTTP/1.1\r\nHost: x:81\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
            + "X-Forwarded-Host: evil\r\nForwarded: for=6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\nVia: 1.0 other\r\n\r\n");

        Assert.Equal("127.0.0.1", seen.Value("X-Forwarded-For"));
        Assert.Equal("http", seen.Value("X-Forwarded-Proto"));
        Assert.Equal("x:81", seen.Value("X-Forwarded-Host"));
        Assert.Empty(seen.Values("Forwarded"));
        Assert.Empty(seen.Values("X_Forwarded_For"));
        Assert.Matches("^1.0 other, 1.1 clusterlb-test-[0-9a-f]{16}$", seen.Value("Via"));
    }

    [Fact]
    public async Task A_trusted_proxys_claims_are_kept_and_added_to()
    {
        var listener = Configs.Listener with { TrustedProxies = [System.Net.IPNetwork.Parse("127.0.0.0/8")], Forwarded = true };
        var seen = await ForwardAsync("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\n"
            + "X-Forwarded-Proto: https\r\nForwarded: for=1.2.3.4\r\n\r\n", listener);

        Assert.Equal("1.2.3.4, 5.6.7.8, 127.0.0.1", seen.Value("X-Forwarded-For"));
        Assert.Equal("https", seen.Value("X-Forwarded-Proto"));
        Assert.Equal("for=1.2.3.4;proto=https;host=\"x\", for=5.6.7.8, for=127.0.0.1;proto=http;host=\"x\"", seen.Value("Forwarded"));
    }

    [Fact]
    public async Task An_absolute_form_becomes_a_path_and_its_authority_the_host()
    {
        var seen = await ForwardAsync("GET http://shop.example.com/a?b HTTP/1.1\r\nHost: shop.example.com\r\n\r\n");

        Assert.Equal("GET /a?b HTTP/1.1", seen.Line);
        Assert.Equal("shop.example.com", seen.Value("Host"));
    }

    [Fact]
    public async Task Max_Forwards_counts_down_and_is_answered_here_at_the_end()
    {
        var seen = await ForwardAsync("OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: 2\r\n\r\n");
        Assert.Equal("OPTIONS * HTTP/1.1", seen.Line);
        Assert.Equal("1", seen.Value("Max-Forwards"));

        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync("OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n");
        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Empty(backend.Requests);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 6.6.6.6\r\nX-Sum: 1\r\n")]
    [InlineData("X:GET /admin HTTP/1.1\r\nHost: x\r\n")]
    public async Task Trailers_of_a_request_end_here(string trailers)
    {
        var seen = await ForwardAsync($"POST / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"2\r\nhi\r\n0\r\n{trailers}\r\n");
        Assert.Equal("127.0.0.1", seen.Value("X-Forwarded-For"));
        Assert.Equal("trailers", seen.Value("TE"));
        Assert.Empty(seen.Values("Trailer"));
        Assert.EndsWith("\r\n\r\n2\r\nhi\r\n0\r\n\r\n", seen.Wire, StringComparison.Ordinal);
    }

    private static async Task<RecordedRequest> ForwardAsync(string request, ListenerConfig? listener = null)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(listener ?? Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(request);
        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Empty(backend.Violations);
        return backend.Requests.Single();
    }
}
