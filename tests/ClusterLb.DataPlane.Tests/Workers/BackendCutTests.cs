using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Workers;

public sealed class BackendCutTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
    private const string Upgrade = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private static readonly ListenerConfig s_tcp = Configs.Listener with { Protocol = ListenerProtocol.Tcp };
    private static readonly TaskCompletionSource s_never = new();

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_TCP_connection_that_is_cut_ends_with_FIN_on_both_sides(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, s_tcp, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        Assert.Equal("ok", (await client.ReadAsync()).Body);

        Assert.Equal(1, await DrainAndCutAsync(proxy, 0));

        Assert.Equal("", await client.ReadToFinAsync());
        await Eventually.Is(() => backend.Ended == 1 && proxy.Pool.Members[0].Load.InFlight == 0 && proxy.Host.ActiveClients == 0);
        Assert.Equal(("app/b1", UpstreamCut(Stage.Tunnel, Retryability.Never)), Assert.Single(proxy.Failures));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Peers_that_do_not_finish_are_reset_after_a_second(TransportKind transport)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await using var proxy = TestDataPlane.Start(transport, s_tcp, Configs.PoolOf((IPEndPoint)listener.LocalEndPoint!));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        using var backend = await listener.AcceptAsync();
        await client.SendAsync("still here");
        var received = await backend.ReceiveAsync(new byte[64]);

        var started = Stopwatch.GetTimestamp();
        await DrainAndCutAsync(proxy, 0);
        Assert.Equal("", await client.ReadToFinAsync());
        Assert.Equal((10, 0), (received, await backend.ReceiveAsync(new byte[1])));
        await Eventually.Is(() => client.WasReset);
        await Eventually.Is(() => (int)backend.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0);

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0.95, 8);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_long_response_that_is_cut_shows_that_it_is_not_whole(TransportKind transport)
    {
        await using var backend =
            RawBackend.Start(_ =>
            new Reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n") { Then = [(s_never.Task, "0\r\n\r\n")] });
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        Assert.Equal("HTTP/1.1 200 OK", await client.ReadExactlyAsync(15));

        Assert.Equal(1, await DrainAndCutAsync(proxy, 0));

        Assert.EndsWith("part\r\n", await client.ReadToFinAsync(), StringComparison.Ordinal);
        await Eventually.Is(() => proxy.Pool.Members[0].Load.InFlight == 0 && proxy.Host.ActiveClients == 0);
        Assert.Equal(("app/b1", UpstreamCut(Stage.ResponseBody, Retryability.Never)), Assert.Single(proxy.Failures));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_HTTP_1_0_client_that_could_take_the_end_for_the_end_is_reset(TransportKind transport)
    {
        await using var backend =
            RawBackend.Start(_ =>
            new Reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n") { Then = [(s_never.Task, "0\r\n\r\n")] });
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync("GET / HTTP/1.0\r\nHost: x\r\n\r\n");
        await client.ReadExactlyAsync(15);

        Assert.Equal(1, await DrainAndCutAsync(proxy, 0));

        await Assert.ThrowsAsync<SocketException>(client.ReadToFinAsync);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_that_does_not_read_is_cut_too(TransportKind transport)
    {
        // More than all socket buffers on the way hold.
        var body = Bodies.Of(16_000_000);
        await using var backend = RawBackend.Start(_ => Reply.Ok(body));
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await client.ReadExactlyAsync(15);

        Assert.Equal(1, await DrainAndCutAsync(proxy, 0));

        await Eventually.Is(() => proxy.Pool.Members[0].Load.InFlight == 0 && proxy.Host.ActiveClients == 0);
        Assert.InRange((await client.ReadToEndAsync()).Length, 0, body.Length - 1);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_WebSocket_that_is_cut_ends_with_FIN_on_both_sides(TransportKind transport)
    {
        await using var backend =
            RawBackend.Start(_ => "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst");
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener with { Upgrades = ["websocket"] },
            Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Upgrade);
        Assert.Equal(101, (await client.ReadAsync()).Status);
        Assert.Equal("first", await client.ReadExactlyAsync(5));

        Assert.Equal(1, await DrainAndCutAsync(proxy, 0));

        Assert.Equal("", await client.ReadToFinAsync());
        await Eventually.Is(() => backend.Ended == 1 && proxy.Host.ActiveClients == 0);
        Assert.Equal(OutcomeKind.Cut, Assert.Single(proxy.Failures).Outcome.Kind);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Work_on_other_backends_goes_on(TransportKind transport)
    {
        var open = new TaskCompletionSource();
        await using var leaving =
            RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart") { Then = [(s_never.Task, "")] });
        await using var staying =
            RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart") { Then = [(open.Task, "whole")] });
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(leaving.EndPoint, staying.EndPoint));
        using var cut = await RequestOnAsync(proxy, 0);
        using var whole = await RequestOnAsync(proxy, 1);

        await cut.ReadExactlyAsync(15);

        Assert.Equal(1, await DrainAndCutAsync(proxy, 0));
        open.SetResult();

        Assert.EndsWith("part", await cut.ReadToFinAsync(), StringComparison.Ordinal);
        Assert.Equal("partwhole", (await whole.ReadAsync()).Body);
        await whole.SendAsync(Get);
        Assert.Equal("partwhole", (await whole.ReadAsync()).Body);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_request_without_a_byte_of_its_answer_is_tried_elsewhere_if_it_may_be(TransportKind transport)
    {
        await using var silent = RawBackend.Start(_ => new Reply("") { After = s_never.Task });
        await using var other = RawBackend.Start("other");
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(silent.EndPoint, other.EndPoint));
        proxy.SetAdmin(proxy.Pool.Members[1], AdminState.Draining);
        using var getter = await RawClient.ConnectAsync(proxy.EndPoint);
        using var poster = await RawClient.ConnectAsync(proxy.EndPoint);
        await getter.SendAsync(Get);
        await poster.SendAsync(Post);
        await Eventually.Is(() => silent.Requests.Count == 2);
        proxy.SetAdmin(proxy.Pool.Members[1], AdminState.Ready);

        Assert.Equal(2, await DrainAndCutAsync(proxy, 0));

        Assert.Equal("other", (await getter.ReadAsync()).Body);
        Assert.Equal(503, (await poster.ReadAsync()).Status);
        await poster.SendAsync(Post);
        Assert.Equal("other", (await poster.ReadAsync()).Body);
        Assert.Equal(["GET / HTTP/1.1", "POST / HTTP/1.1"], other.Requests.Select(request => request.Line));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_request_whose_body_is_still_on_its_way_is_answered(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nbegun");
        await Eventually.Is(() => backend.Connections == 1);

        Assert.Equal(1, await DrainAndCutAsync(proxy, 0));

        var answer = await client.ReadAsync();
        Assert.Equal((503, "close"), (answer.Status, answer.Field("Connection")));
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task What_was_cut_never_comes_back_to_the_same_backend(TransportKind transport)
    {
        await using var only = RawBackend.Start(_ => new Reply("") { After = s_never.Task });
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(only.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await Eventually.Is(() => only.Requests.Count == 1);
        proxy.SetAdmin(proxy.Pool.Members[0], AdminState.Draining);
        Assert.True(proxy.Pool.Eligible.Contains(proxy.Pool.Members[0]), "nothing else is left");

        Assert.Equal(1, await proxy.Host.CutAsync(proxy.Pool.Members[0]));

        Assert.Equal(503, (await client.ReadAsync()).Status);
        Assert.Single(only.Requests);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Work_that_still_connects_goes_elsewhere(TransportKind transport)
    {
        // The kernel answers no connect to a listener whose queue is full until there is room and the client's kernel asks again.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var filling = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await filling.ConnectAsync(full.LocalEndPoint!);
        await using var other = RawBackend.Start("other");
        var patient = Configs.Pool.Timeouts with { Connect = TimeSpan.FromSeconds(5) };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener,
            Configs.PoolOf((IPEndPoint)full.LocalEndPoint!, other.EndPoint) with { Timeouts = patient });
        proxy.SetAdmin(proxy.Pool.Members[1], AdminState.Draining);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Post);
        await Eventually.Is(() => proxy.Pool.Members[0].Load.InFlight == 1);
        proxy.SetAdmin(proxy.Pool.Members[1], AdminState.Ready);

        Assert.Equal(1, await DrainAndCutAsync(proxy, 0));
        using var accepted = await full.AcceptAsync();

        Assert.Equal("other", (await client.ReadAsync()).Body);
        Assert.Equal(("app/b1", UpstreamCut(Stage.Connect, Retryability.Always)), Assert.Single(proxy.Failures));
    }

    [Fact]
    public async Task A_cut_is_nobodys_fault()
    {
        await using var silent = RawBackend.Start(_ => new Reply("") { After = s_never.Task });
        await using var other = RawBackend.Start();
        var strict = Configs.PoolOf(silent.EndPoint, other.EndPoint) with { Passive = Configs.Pool.Passive with { Failures = 1 } };
        await using var proxy = TestDataPlane.Start(Configs.Listener, strict);
        proxy.SetAdmin(proxy.Pool.Members[1], AdminState.Draining);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await Eventually.Is(() => silent.Requests.Count == 1);
        proxy.SetAdmin(proxy.Pool.Members[1], AdminState.Ready);

        await DrainAndCutAsync(proxy, 0);
        Assert.Equal(200, (await client.ReadAsync()).Status);
        proxy.SetAdmin(proxy.Pool.Members[0], AdminState.Ready);

        Assert.Equal(EffectiveState.Up, proxy.Pool.Members[0].Effective);
        Assert.DoesNotContain(proxy.Transitions, transition => transition.To == EffectiveState.Ejected);
        Assert.Equal(1, proxy.Host.Read().Backends[0].CountOf(OutcomeKind.Cut));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Idle_clients_and_clients_elsewhere_are_let_be_and_idle_connections_closed(TransportKind transport)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await client.ReadAsync();

        // Not drained: otherwise housekeeping might be the one that closed them.
        Assert.Equal(0, await proxy.Host.CutAsync(proxy.Pool.Members[0]));

        await Eventually.Is(() => backend.Ended == 1);
        Assert.Equal(0, proxy.Host.Read().Backends[0].IdleConnections);
        await client.SendAsync(Get);
        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task Every_loop_cuts_its_own_and_the_sum_is_told()
    {
        await using var backend = RawBackend.Start();
        var config = Configs.Of(s_tcp, Configs.PoolOf(backend.EndPoint));
        await using var proxy = TestDataPlane.Start(config with { Node = config.Node with { EventLoops = 3 } });
        var clients = new List<RawClient>();
        for (var i = 0; i < 12; i++)
        {
            clients.Add(await RawClient.ConnectAsync(proxy.EndPoint));
            await clients[i].SendAsync(Get);
            await clients[i].ReadAsync();
        }

        Assert.Equal(12, await DrainAndCutAsync(proxy, 0));
        Assert.Equal(0, await proxy.Host.CutAsync(proxy.Pool.Members[0]));

        foreach (var client in clients)
        {
            Assert.Equal("", await client.ReadToFinAsync());
            client.Dispose();
        }
    }

    [Fact]
    public async Task Work_from_before_a_change_of_configuration_is_cut_too()
    {
        await using var backend = RawBackend.Start(_ => new Reply("") { After = s_never.Task });
        var config = Configs.Of(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        await using var proxy = TestDataPlane.Start(config);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);

        proxy.Publish(config with { Pools = [Configs.Pool with { Backends = [Configs.Backend("b1", backend.EndPoint, weight: 7)] }] });

        Assert.Equal(1, await DrainAndCutAsync(proxy, 0));
        Assert.Equal(503, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_data_plane_that_has_ended_has_nothing_to_cut()
    {
        await using var backend = RawBackend.Start();
        var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        await proxy.DisposeAsync();

        Assert.Equal(0, await proxy.Host.CutAsync(proxy.Pool.Members[0]));
    }

    private static Outcome UpstreamCut(Stage stage, Retryability retry) => new(Side.Internal, stage, OutcomeKind.Cut, retry);

    private static Task<int> DrainAndCutAsync(TestDataPlane proxy, int backend)
    {
        proxy.SetAdmin(proxy.Pool.Members[backend], AdminState.Draining);
        return proxy.Host.CutAsync(proxy.Pool.Members[backend]);
    }

    /// <summary>A client whose request is on the given of two backends.</summary>
    private static async Task<RawClient> RequestOnAsync(TestDataPlane proxy, int backend)
    {
        proxy.SetAdmin(proxy.Pool.Members[1 - backend], AdminState.Draining);
        var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(Get);
        await Eventually.Is(() => proxy.Pool.Members[backend].Load.InFlight == 1);
        proxy.SetAdmin(proxy.Pool.Members[1 - backend], AdminState.Ready);
        return client;
    }
}
