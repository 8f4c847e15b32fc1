using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1;

/// <summary>Connections to backends, from outside.</summary>
public sealed class Http1UpstreamTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [InlineData("Transfer-Encoding: chunked", false)]
    [InlineData("Transfer-Encoding: chunked", true)]
    [InlineData("Content-Length: 5", false)]
    [InlineData("Content-Length: 5", true)]
    public async Task A_head_whose_body_never_comes_is_passed_on_and_then_cut(string framing, bool reset)
    {
        await using var backend = RawBackend.Start(_ => new Reply($"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n", Close: !reset, Reset: reset));
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        for (var i = 0; i < 10; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            var answer = await client.ReadToEndAsync();

            // A reset may overtake its head: then nothing of it has come.
            if (!reset || !answer.Contains(" 502 ", StringComparison.Ordinal))
                Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("\r\n0\r\n", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Connections_to_backends_are_kept_and_used_again(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        for (var i = 0; i < 5; i++) Assert.Equal(200, await StatusAsync(proxy, Get));

        Assert.Equal(1, backend.Connections);
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

    private static async Task<int> StatusAsync(TestDataPlane proxy, string request)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(request);
        return (await client.ReadAsync()).Status;
    }
}
