using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1;

/// <summary>How clients are waited for, asked and answered, from outside.</summary>
public sealed class Http1DownstreamTests
{
    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

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

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_body_is_asked_for_once_and_only_by_the_backend(TransportKind transport)
    {
        var bodyCame = new TaskCompletionSource();
        await using var backend = RawBackend.Start(
            _ => new Reply("HTTP/1.1 100 Continue\r\n\r\n") { Then = [(bodyCame.Task, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")] },
                waitsForBody: false);
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
        await using var backend = RawBackend.Start(_ => new Reply("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig",
            Close: true), waitsForBody: false);
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
        var response = await client.ReadAsync();

        Assert.Equal("big", response.Body);
    }

    private static async Task<int> StatusAsync(TestDataPlane proxy, string request)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(request);
        return (await client.ReadAsync()).Status;
    }
}
