using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1;

/// <summary>Memory follows what was received, not what was announced, and what idles holds none.</summary>
public sealed class BufferTests
{
    private const int BodyBuffer = 64 * 1024;

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_body_that_is_only_announced_takes_no_buffer_of_its_own(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var slow = await RawClient.ConnectAsync(proxy.EndPoint);
        using var other = await RawClient.ConnectAsync(proxy.EndPoint);

        await slow.SendAsync("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\nabc");
        await other.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await other.ReadAsync();

        await Eventually.Is(() => proxy.Host.Read().BufferBytes is > 0 and < BodyBuffer);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16_000)]
    [InlineData(18_300)]
    [InlineData(18_432)]
    [InlineData(20_000)]
    [InlineData(65_536)]
    public async Task A_held_body_of_any_size_arrives_whole_also_the_second_time(int length)
    {
        await using var dying = RawBackend.Start(_ => new Reply("", Reset: true));
        await using var alive = RawBackend.Start(request => Reply.Ok(request.Body));
        var pool = Configs.PoolOf(dying.EndPoint, alive.EndPoint) with { Passive = Configs.Pool.Passive with { Failures = 0 } };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        var body = Bodies.Of(length);
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body[..(length / 2)]}");
            await client.SendAsync($"{body[(length / 2)..]}PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnext");

            Assert.Equal(body, (await client.ReadAsync()).Body);
            Assert.Equal("next", (await client.ReadAsync()).Body);
        }

        Assert.All(dying.Requests, request => Assert.True(request.Body == body || request.Body == "next"));
        Assert.NotEmpty(dying.Requests);
        Assert.Empty(alive.Violations);
        Assert.Empty(dying.Violations);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_idle_tunnel_holds_no_buffer(TransportKind transport)
    {
        var hello = new TaskCompletionSource();
        await using var backend =
            RawBackend.Start(_ =>
            new Reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst")
            {
                Then =
            [(hello.Task, "second")]
            });
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener with { Upgrades = ["websocket"] },
            Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        await client.ReadAsync();
        Assert.Equal("first", await client.ReadExactlyAsync(5));
        await Eventually.Is(() => proxy.Host.Read().BufferBytes == 0);
        hello.SetResult();
        Assert.Equal("second", await client.ReadExactlyAsync(6));
        await Eventually.Is(() => proxy.Host.Read().BufferBytes == 0);
    }
}
