using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests;

/// <summary>Listeners that come, go and change while they serve.</summary>
public sealed class ListenerChangeTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_listener_that_is_added_serves_and_one_that_is_removed_refuses(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        var both = ConfigOf(transport, backend, Listener("web"), Listener("api"));
        await using var proxy = TestDataPlane.Start(With(both, Listener("web")));

        await proxy.FollowAsync(both);
        var api = proxy.Host.EndPoints["api"];
        await AssertServedAsync(api);
        await proxy.FollowAsync(With(both, Listener("web")));

        await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(api));
        await AssertServedAsync(proxy.Host.EndPoints["web"]);
        await Eventually.Is(() => proxy.Host.Read().Listeners is [{ Name: "web" }]);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_clients_of_a_listener_that_is_removed_finish(TransportKind transport)
    {
        var answer = new TaskCompletionSource();
        await using var backend = RawBackend.Start(request =>
            request.Line.Contains("/slow", StringComparison.Ordinal) ? Reply.Ok("slow") with { After = answer.Task } : Reply.Ok());
        var both = ConfigOf(transport, backend, Listener("web"), Listener("api"));
        await using var proxy = TestDataPlane.Start(both);
        var api = proxy.Host.EndPoints["api"];
        using var busy = await RawClient.ConnectAsync(api);
        await busy.SendAsync("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        using var fresh = await RawClient.ConnectAsync(api);
        using var idle = await RawClient.ConnectAsync(api);
        await idle.SendAsync(Get);
        Assert.Equal(200, (await idle.ReadAsync()).Status);
        await Eventually.Is(() => backend.Requests.Any(request => request.Line.Contains("/slow", StringComparison.Ordinal)));
        await Eventually.Is(() => proxy.Host.ActiveClients == 3);

        await proxy.FollowAsync(With(both, Listener("web")));

        // A request may have been under way: who has none has a moment for a last one.
        foreach (var client in new[] { idle, fresh })
        {
            await client.SendAsync(Get);
            var last = await client.ReadAsync();
            Assert.Equal((200, "close"), (last.Status, last.Field("Connection")));
        }

        Assert.Contains(proxy.Host.Read().Listeners, listener => listener is { Name: "api", Active: > 0 });
        answer.SetResult();
        var slow = await busy.ReadAsync();
        Assert.Equal((200, "slow", "close"), (slow.Status, slow.Body, slow.Field("Connection")));
        await Eventually.Is(() => proxy.Host.Read().Listeners is [{ Name: "web" }]);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task One_that_comes_back_before_its_last_client_has_left_is_the_same(TransportKind transport)
    {
        var answer = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = answer.Task });
        var both = ConfigOf(transport, backend, Listener("web"), Listener("api"));
        await using var proxy = TestDataPlane.Start(both);
        using var busy = await RawClient.ConnectAsync(proxy.Host.EndPoints["api"]);
        await busy.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);

        await proxy.FollowAsync(With(both, Listener("web")));
        await proxy.FollowAsync(both);
        answer.SetResult();
        Assert.Null((await busy.ReadAsync()).Field("Connection"));
        await AssertServedAsync(proxy.Host.EndPoints["api"]);

        Assert.Equal(2, proxy.Host.Read().Listeners.Single(listener => listener.Name == "api").Accepted);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_renamed_listener_keeps_its_socket_and_refuses_nobody(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        var bind = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        var config = ConfigOf(transport, backend, Listener("web") with { Bind = bind });
        await using var proxy = TestDataPlane.Start(config);
        using var done = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(_ => LoadAsync(bind, done.Token)).ToList();

        for (var i = 0; i < 50; i++) await proxy.FollowAsync(With(config, Listener($"web{i % 2}") with { Bind = bind }));
        await done.CancelAsync();

        Assert.All(await Task.WhenAll(clients), served => Assert.True(served > 0));
        await Eventually.Is(() => proxy.Host.Read().Listeners is [{ Name: "web1" }]);
    }

    [Fact]
    public async Task A_bind_that_grows_refuses_nobody()
    {
        await using var backend = RawBackend.Start();
        var narrow = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        var wide = new IPEndPoint(IPAddress.Any, narrow.Port);
        var config = ConfigOf(TransportKind.Epoll, backend, Listener("web") with { Bind = narrow });
        await using var proxy = TestDataPlane.Start(config);
        using var kept = await RawClient.ConnectAsync(narrow);
        await kept.SendAsync(Get);
        await kept.ReadAsync();

        await proxy.FollowAsync(With(config, Listener("web") with { Bind = wide }));

        await AssertServedAsync(narrow);
        await kept.SendAsync(Get);
        Assert.Equal(200, (await kept.ReadAsync()).Status);
        using var other = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Parse("127.0.0.9"), narrow.Port));
    }

    [Fact]
    public async Task A_bind_that_narrows_takes_clients_only_once_it_is_in_force()
    {
        await using var backend = RawBackend.Start();
        var narrow = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        var config = ConfigOf(TransportKind.Epoll, backend, Listener("web") with { Bind = new IPEndPoint(IPAddress.Any, narrow.Port) });
        var desired = With(config, Listener("web") with { Bind = narrow });
        await using var proxy = TestDataPlane.Start(config);

        var held = await proxy.Host.PrepareAsync(desired);
        for (var i = 0; i < 8; i++) await AssertServedAsync(narrow);
        await held.AbandonAsync();
        await AssertServedAsync(narrow);
        await proxy.FollowAsync(desired);

        await AssertServedAsync(narrow);
        await Assert.ThrowsAsync<SocketException>(() =>
            RawClient.ConnectAsync(new IPEndPoint(IPAddress.Parse("127.0.0.9"), narrow.Port)));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_bind_that_is_taken_leaves_everything_as_it_was(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var config = ConfigOf(transport, backend, Listener("web"));
        await using var proxy = TestDataPlane.Start(config);
        var free = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        var web = proxy.Host.EndPoints["web"];

        var failure = await Assert.ThrowsAsync<ListenerBindException>(() => proxy.FollowAsync(With(config,
            Listener("first") with { Bind = free }, Listener("taken") with { Bind = (IPEndPoint)other.LocalEndpoint })));

        Assert.Equal("taken", failure.Listener);
        Assert.Equal(["web"], proxy.Host.EndPoints.Keys);
        await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(free));
        await AssertServedAsync(web);
        // And the next one that can be, is.
        await proxy.FollowAsync(With(config, Listener("web"), Listener("first") with { Bind = free }));
        await AssertServedAsync(free);
    }

    [Fact]
    public async Task The_next_request_of_a_connection_goes_by_the_new_limits_and_the_one_under_way_by_the_old()
    {
        var answer = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = answer.Task });
        var config = ConfigOf(TransportKind.Epoll, backend, Listener("web"));
        await using var proxy = TestDataPlane.Start(config);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);

        await proxy.FollowAsync(With(config, Listener("web") with { Limits = Configs.Listener.Limits with { TargetBytes = 64 } }));
        answer.SetResult();
        Assert.Equal(200, (await client.ReadAsync()).Status);
        await client.SendAsync($"GET /{new string('a', 100)} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(414, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_head_limit_may_grow_beyond_what_the_buffers_held()
    {
        await using var backend = RawBackend.Start();
        var config = ConfigOf(TransportKind.Epoll, backend, Listener("web"));
        await using var proxy = TestDataPlane.Start(config);
        var large = $"GET / HTTP/1.1\r\nHost: x\r\nX-Large: {new string('a', 40_000)}\r\n\r\n";
        using var before = await RawClient.ConnectAsync(proxy.EndPoint);
        await before.SendAsync(large);
        Assert.Equal(431, (await before.ReadAsync()).Status);

        await proxy.FollowAsync(With(config, Listener("web") with { Limits = Configs.Listener.Limits with { HeadBytes = 64 * 1024 } }));

        using var after = await RawClient.ConnectAsync(proxy.EndPoint);
        await after.SendAsync(large);
        Assert.Equal(200, (await after.ReadAsync()).Status);
        await AssertServedAsync(proxy.EndPoint);
    }

    [Fact]
    public async Task A_limit_on_connections_holds_from_then_on_and_one_that_is_raised_lets_in_who_waits()
    {
        await using var backend = RawBackend.Start();
        var config = ConfigOf(TransportKind.Epoll, backend, Listener("web"));
        await using var proxy = TestDataPlane.Start(config);
        using var first = await RawClient.ConnectAsync(proxy.EndPoint);
        using var second = await RawClient.ConnectAsync(proxy.EndPoint);
        await Eventually.Is(() => proxy.Host.ActiveClients == 2);

        await proxy.FollowAsync(With(config, Listener("web") with { MaxConnectionsPerClient = 1 }));
        using var third = await RawClient.ConnectAsync(proxy.EndPoint);
        await Eventually.Is(() => proxy.Host.ActiveClients == 3);
        Assert.True(await IsResetAsync(proxy.EndPoint));
        await proxy.FollowAsync(With(config, Listener("web")));

        await AssertServedAsync(proxy.EndPoint);
        first.Dispose();
        third.Dispose();
        await Eventually.Is(() => proxy.Host.ActiveClients == 1);
    }

    [Fact]
    public async Task Another_protocol_is_spoken_with_who_comes_and_the_old_one_with_who_is_there()
    {
        await using var backend = RawBackend.Start();
        var config = ConfigOf(TransportKind.Epoll, backend, Listener("web"));
        await using var proxy = TestDataPlane.Start(config);
        using var http = await RawClient.ConnectAsync(proxy.EndPoint);
        await http.SendAsync(Get);
        await http.ReadAsync();

        await proxy.FollowAsync(With(config, Listener("web") with { Protocol = ListenerProtocol.Tcp }));

        using var tcp = await RawClient.ConnectAsync(proxy.EndPoint);
        await tcp.SendAsync(Get);
        Assert.Equal(200, (await tcp.ReadAsync()).Status);
        await http.SendAsync(Get);
        Assert.Equal(200, (await http.ReadAsync()).Status);
        Assert.Equal([true, false, true], backend.Requests.Select(request => request.Value("Via") is not null));
        Assert.Equal(2, proxy.Host.Read().Listeners.Single().Accepted);
    }

    private static ListenerConfig Listener(string name) => Configs.Listener with { Name = name };

    private static ClusterLbConfig ConfigOf(TransportKind transport, RawBackend backend, params ListenerConfig[] listeners)
    {
        var config = Configs.Of(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        return With(config with { Node = config.Node with { Transport = transport, EventLoops = 2 } }, listeners);
    }

    private static ClusterLbConfig With(ClusterLbConfig config, params ListenerConfig[] listeners) =>
        config with { Listeners = listeners.ToEquatableList() };

    private static async Task AssertServedAsync(IPEndPoint endPoint)
    {
        using var client = await RawClient.ConnectAsync(endPoint);
        await client.SendAsync(Get);
        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    /// <summary>As soon as it connects, or just after.</summary>
    private static async Task<bool> IsResetAsync(IPEndPoint endPoint)
    {
        try
        {
            using var client = await RawClient.ConnectAsync(endPoint);
            return await client.ReadToEndAsync() == "";
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    /// <summary>A connection for each request; how many there were.</summary>
    private static async Task<int> LoadAsync(IPEndPoint endPoint, CancellationToken done)
    {
        var served = 0;
        for (; !done.IsCancellationRequested; served++) await AssertServedAsync(endPoint);
        return served;
    }
}
