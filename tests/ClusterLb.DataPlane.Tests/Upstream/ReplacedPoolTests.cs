using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Upstream;

/// <summary>What becomes of requests whose pool is replaced while they wait.</summary>
public sealed class ReplacedPoolTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private static readonly QueueConfig s_queue = new() { Length = 10, Timeout = TimeSpan.FromMinutes(5) };

    public static TheoryData<ListenerProtocol> Protocols() => new(ListenerProtocol.Http, ListenerProtocol.Tcp);

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Who_waits_in_the_queue_sees_the_new_pool(ListenerProtocol protocol)
    {
        var never = new TaskCompletionSource();
        await using var full = RawBackend.Start(_ => Reply.Ok("full") with { After = never.Task, Close = true });
        await using var added = RawBackend.Start(_ => Reply.Ok("added") with { Close = true });
        var listener = Configs.Listener with { Protocol = protocol };
        var before = PoolOf(Configs.Backend("b1", full.EndPoint, maxInFlight: 1));
        await using var proxy = TestDataPlane.Start(listener, before);
        using var first = await RawClient.ConnectAsync(proxy.EndPoint);
        await first.SendAsync(Get);
        await Eventually.Is(() => full.Requests.Count == 1);
        var waiting = new List<RawClient>();
        for (var i = 0; i < 3; i++)
        {
            waiting.Add(await RawClient.ConnectAsync(proxy.EndPoint));
            await waiting[i].SendAsync(Get);
        }

        await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 3);

        proxy.Publish(Configs.Of(listener, PoolOf([.. before.Backends, Configs.Backend("b2", added.EndPoint)])));

        foreach (var client in waiting)
        {
            Assert.Equal("added", (await client.ReadAsync()).Body);
            client.Dispose();
        }

        Assert.Equal((0L, 0L), (proxy.Host.Read().Pools.Single().Waiting, proxy.Host.Read().Pools.Single().QueueTimeouts));
        never.SetResult();
        Assert.Equal("full", (await first.ReadAsync()).Body);
    }

    [Fact]
    public async Task Who_waits_keeps_its_place_in_a_queue_that_became_shorter()
    {
        var answer = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = answer.Task });
        await using var added = RawBackend.Start(_ => Reply.Ok() with { After = answer.Task });
        var before = PoolOf(Configs.Backend("b1", backend.EndPoint, maxInFlight: 1));
        await using var proxy = TestDataPlane.Start(Configs.Listener, before);
        var clients = new List<RawClient>();
        for (var i = 0; i < 5; i++)
        {
            clients.Add(await RawClient.ConnectAsync(proxy.EndPoint));
            await clients[i].SendAsync(Get);
        }

        await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 4);
        var after = PoolOf([.. before.Backends, Configs.Backend("b2", added.EndPoint, maxInFlight: 1)]);
        proxy.Publish(Configs.Of(Configs.Listener, after with { Queue = s_queue with { Length = 0 } }));
        // Only the new pool has this backend: they have moved, and three wait there.
        await Eventually.Is(() => added.Requests.Count == 1 && proxy.Host.Read().Pools.Single().Waiting == 3);
        answer.SetResult();

        foreach (var client in clients)
        {
            Assert.Equal(200, (await client.ReadAsync()).Status);
            client.Dispose();
        }
    }

    [Fact]
    public async Task A_request_whose_body_comes_after_its_pool_was_replaced_waits_in_the_new_queue()
    {
        var answer = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = answer.Task, Close = true });
        var before = PoolOf(Configs.Backend("b1", backend.EndPoint, maxInFlight: 1));
        await using var proxy = TestDataPlane.Start(Configs.Listener, before);
        using var first = await RawClient.ConnectAsync(proxy.EndPoint);
        await first.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);
        using var slow = await RawClient.ConnectAsync(proxy.EndPoint);
        // A body that is held for retries is awaited before a backend is.
        await slow.SendAsync("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nab");
        await Eventually.Is(() => proxy.Host.ActiveClients == 2);

        proxy.Publish(Configs.Of(Configs.Listener, before with { Timeouts = before.Timeouts with { Response = TimeSpan.FromMinutes(1) } }));
        // Pools out of use are looked for once a second: one that such a request began with must not be taken for it.
        await Task.Delay(TimeSpan.FromSeconds(1.2));
        await slow.SendAsync("cd");
        await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 1);
        answer.SetResult();

        Assert.Equal(200, (await first.ReadAsync()).Status);
        Assert.Equal(200, (await slow.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_try_that_failed_in_the_old_pool_is_repeated_in_the_new_one()
    {
        var answer = new TaskCompletionSource();
        await using var failing = RawBackend.Start(_ => new Reply("", Close: true) { After = answer.Task });
        await using var added = RawBackend.Start("added");
        await using var proxy = TestDataPlane.Start(Configs.Listener, PoolOf(Configs.Backend("b1", failing.EndPoint)));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await Eventually.Is(() => failing.Requests.Count == 1);

        proxy.Publish(Configs.Of(Configs.Listener, PoolOf(Configs.Backend("b0", added.EndPoint), Configs.Backend("b1", failing.EndPoint))));
        answer.SetResult();

        Assert.Equal("added", (await client.ReadAsync()).Body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pool_that_was_removed_serves_who_began_with_it_and_is_forgotten_with_its_last_lease(bool wasReplacedBefore)
    {
        var answer = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok("old") with { After = answer.Task });
        await using var other = RawBackend.Start("new");
        await using var proxy = TestDataPlane.Start(Configs.Listener, PoolOf(Configs.Backend("b1", backend.EndPoint, maxInFlight: 1)));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        using var waits = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);
        await waits.SendAsync(Get);
        await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 1);

        if (wasReplacedBefore)
        {
            var replaced = PoolOf(Configs.Backend("b1", backend.EndPoint, weight: 2, maxInFlight: 1));
            proxy.Publish(Configs.Of(Configs.Listener, replaced));
        }

        proxy.Publish(Configs.Of(Configs.Listener with { Pool = "next" }, Configs.PoolOf(other.EndPoint) with { Name = "next" }));
        using var next = await RawClient.ConnectAsync(proxy.EndPoint);
        await next.SendAsync(Get);
        Assert.Equal("new", (await next.ReadAsync()).Body);
        answer.SetResult();

        Assert.Equal("old", (await client.ReadAsync()).Body);
        Assert.Equal("old", (await waits.ReadAsync()).Body);
        await Eventually.Is(() => proxy.Host.Read().Pools is [{ Name: "next" }]);
    }

    private static PoolConfig PoolOf(params BackendConfig[] backends) =>
        Configs.Pool with { Backends = backends.ToEquatableList(), Queue = s_queue };
}
