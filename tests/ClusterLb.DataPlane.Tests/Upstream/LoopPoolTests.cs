using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.DataPlane.Transport;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Upstream;

/// <summary>
/// Requests that wait for a backend with room: each gets one as soon as there is one it may use, whatever loop it is on and whoever waits
/// before it.
/// </summary>
public sealed class LoopPoolTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task With_room_for_one_everybody_gets_a_turn_and_nobody_is_refused(int loops)
    {
        const int Clients = 24;
        const int Turns = 10;
        await using var backend = RawBackend.Start();
        var pool = Configs.Pool with
        {
            Backends = [Configs.Backend("b1", backend.EndPoint, maxInFlight: 1)],
            Queue = new QueueConfig { Length = 1_000, Timeout = TimeSpan.FromSeconds(20) }
        };
        var config = Configs.Of(Configs.Listener, pool);
        await using var proxy = TestDataPlane.Start(config with { Node = config.Node with { EventLoops = loops } });
        var (left, refused) = (Clients, 0);
        // Nobody stops before everybody has had enough: the busy must not make way for the others.
        var clients = Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            for (var turn = 1; Volatile.Read(ref left) > 0 && Volatile.Read(ref refused) == 0; turn++)
            {
                await client.SendAsync(Get);
                if ((await client.ReadAsync()).Status != 200) Interlocked.Increment(ref refused);
                if (turn == Turns) Interlocked.Decrement(ref left);
            }
        });

        await Task.WhenAll(clients);

        Assert.Equal(0, refused);
    }

    [Fact]
    public async Task Who_still_sends_its_body_when_the_pool_is_replaced_gets_its_turn_all_the_same()
    {
        var open = new TaskCompletionSource();
        await using var backend = RawBackend.Start(
            request => Reply.Ok() with
            {
                After = request.Line.Contains("slow", StringComparison.Ordinal)
                ? open.Task
                : Task.CompletedTask
            });
        var pool = Configs.Pool with
        {
            Backends = [Configs.Backend("b1", backend.EndPoint, maxInFlight: 1)],
            Queue = new QueueConfig { Length = 10, Timeout = TimeSpan.FromMinutes(1) }
        };
        var route = Configs.Route with { PathPrefix = "/other", Pool = "other" };
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Routes = [route] }, pool, pool with { Name = "other" });
        using var first = await RawClient.ConnectAsync(proxy.EndPoint);
        using var late = await RawClient.ConnectAsync(proxy.EndPoint);
        await first.SendAsync("GET /other HTTP/1.1\r\nHost: x\r\n\r\n");
        await first.ReadAsync();
        await late.SendAsync("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
        await Eventually.Is(() => proxy.Host.Read().Pools.Count == 2);

        proxy.Publish(Configs.Of(Configs.Listener, pool with { Queue = pool.Queue with { Length = 9 } }));
        // What nobody uses any more is forgotten after a while; so would be the pool that the late client is on its way to.
        await Eventually.Is(() => proxy.Host.Read().Pools.All(known => known.Name != "other"));
        await first.SendAsync("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.Is(() => backend.Requests.Count == 2);
        await late.SendAsync("cd");
        await Eventually.Is(() => proxy.Host.Read().Pools.Sum(known => known.Waiting) == 1);
        open.SetResult();

        Assert.Equal(200, (await late.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_backend_that_comes_back_serves_who_waits_for_another()
    {
        var open = new TaskCompletionSource();
        await using var hung = RawBackend.Start(_ => Reply.Ok() with { After = open.Task });
        await using var returning = RawBackend.Start("returned");
        await using var proxy = TestDataPlane.Start(Configs.Listener, PoolOf(hung, returning));
        SetAdmin(proxy, "b2", AdminState.Maintenance);
        using var first = await RawClient.ConnectAsync(proxy.EndPoint);
        using var second = await RawClient.ConnectAsync(proxy.EndPoint);
        await first.SendAsync(Get);
        await Eventually.Is(() => hung.Requests.Count == 1);
        await second.SendAsync(Get);
        await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 1);

        SetAdmin(proxy, "b2", AdminState.Ready);

        Assert.Equal("returned", (await second.ReadAsync()).Body);
        open.SetResult();
    }

    [Fact]
    public async Task Who_cannot_use_what_is_free_keeps_nobody_from_it()
    {
        var open = new TaskCompletionSource();
        await using var hung = RawBackend.Start(_ => Reply.Ok("late") with { After = open.Task });
        await using var free = RawBackend.Start(request => request.Line.Contains("second", StringComparison.Ordinal)
            ? new Reply("", Reset: true)
            : Reply.Ok("free"));
        await using var proxy = TestDataPlane.Start(Configs.Listener, PoolOf(hung, free));
        SetAdmin(proxy, "b2", AdminState.Maintenance);
        using var first = await RawClient.ConnectAsync(proxy.EndPoint);
        using var second = await RawClient.ConnectAsync(proxy.EndPoint);
        using var third = await RawClient.ConnectAsync(proxy.EndPoint);
        await first.SendAsync(Get);
        await Eventually.Is(() => hung.Requests.Count == 1);
        SetAdmin(proxy, "b2", AdminState.Ready);
        await second.SendAsync("GET /second HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 1);

        await third.SendAsync(Get);

        Assert.Equal("free", (await third.ReadAsync()).Body);
        open.SetResult();
        Assert.Equal("late", (await second.ReadAsync()).Body);
    }

    [Fact]
    public async Task A_new_pool_keeps_requests_until_its_backends_have_answered_their_first_checks()
    {
        await using var well = RawBackend.Start("well");
        await using var ill = RawBackend.Start("ill");
        await using var proxy = TestDataPlane.Start(Configs.Listener, Starting(well, ill));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await Eventually.Is(() => proxy.Host.Read().Pools.Sum(pool => pool.Waiting) == 1);
        proxy.SetActive(proxy.Pool.Members[0], ActiveHealth.Up);
        Assert.True(proxy.Pool.Eligible.IsStarting);

        proxy.SetActive(proxy.Pool.Members[1], ActiveHealth.Unknown);

        Assert.Equal("well", (await client.ReadAsync()).Body);
        Assert.Empty(ill.Requests);
    }

    [Theory]
    [InlineData(0, 30_000)]
    [InlineData(1, 50)]
    public async Task A_start_refuses_nobody_however_short_the_queue_and_its_patience_are(int length, int patience)
    {
        await using var backend = RawBackend.Start();
        var pool = Starting(backend) with { Queue = new QueueConfig { Length = length, Timeout = TimeSpan.FromMilliseconds(patience) } };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.True(proxy.Pool.Eligible.IsStarting);
    }

    /// <summary>Whose start would take a minute.</summary>
    private static PoolConfig Starting(params RawBackend[] backends)
    {
        var pool = Configs.PoolOf([.. backends.Select(backend => backend.EndPoint)]);
        return pool with { Health = pool.Health with { Probe = Configs.HttpProbe, StartSpread = TimeSpan.FromMinutes(1) } };
    }

    private static PoolConfig PoolOf(RawBackend full, RawBackend other) =>
        Configs.Pool with { Backends = [Configs.Backend("b1", full.EndPoint, maxInFlight: 1), Configs.Backend("b2", other.EndPoint)] };

    private static void SetAdmin(TestDataPlane proxy, string backend, AdminState state)
    {
        var pool = proxy.Tables.Current.Pools[0];
        pool.SetAdmin(pool.Find(backend)!, state, "test", EventLoop.MonotonicMilliseconds());
    }
}
