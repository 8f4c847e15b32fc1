using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Telemetry;

public sealed class TrafficCountersTests
{
    private static readonly RouteConfig s_api = Configs.Route with { Name = "api", PathPrefix = "/api" };

    [Fact]
    public async Task A_request_is_counted_at_its_route_by_class_of_status_whoever_answered()
    {
        await using var backend = RawBackend.Start(request => request.Line.Contains("/api", StringComparison.Ordinal)
            ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            : Reply.Ok());
        var pool = Configs.PoolOf(backend.EndPoint);
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Routes = [s_api with { Pool = pool.Name }] }, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        foreach (var path in new[] { "/api/1", "/api/2", "/other" })
        {
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            await client.ReadAsync();
        }

        // Nobody has a word in where what cannot be read goes.
        await client.SendAsync("what\r\n\r\n");
        await client.ReadAsync();

        IReadOnlyDictionary<string, long[]> routes = null!;
        await Eventually.Is(() => (routes = proxy.Host.Read().Listeners[0].Routes).Values.Sum(classes => classes.Sum()) == 3);
        Assert.Equal([0, 0, 0, 2, 0], routes["api"]);
        Assert.Equal([0, 1, 0, 0, 0], routes["default"]);
    }

    [Fact]
    public async Task Time_to_the_first_byte_ends_before_the_response_does()
    {
        var rest = new TaskCompletionSource();
        await using var backend = RawBackend.Start(
            _ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab") { Then = [(rest.Task, "cd")] });
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        // The first bytes are there, however late.
        await client.ReadExactlyAsync("HTTP/1.1 200".Length);
        await Task.Delay(100);
        rest.SetResult();
        await client.ReadToEndAsync();

        await Eventually.Is(() => proxy.Host.Read().Backends is [{ Latency.Count: 1 }]);
        var counted = proxy.Host.Read().Backends[0];
        Assert.Equal(1, counted.FirstBytes.Count);
        Assert.InRange(counted.Latency.SumMicroseconds, 90_000, long.MaxValue);
        Assert.InRange(counted.FirstBytes.SumMicroseconds, 1, counted.Latency.SumMicroseconds - 50_000);
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task The_first_byte_of_a_TCP_backend_counts_when_it_comes_and_once(TransportKind transport)
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener with { Protocol = ListenerProtocol.Tcp },
            Configs.PoolOf((IPEndPoint)backend.LocalEndpoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        using var served = await backend.AcceptSocketAsync();
        await client.SendAsync("who speaks first does not matter");
        await Task.Delay(100);
        Assert.Equal(0, proxy.Host.Read().Backends.Sum(counted => counted.FirstBytes.Count));

        foreach (var piece in new[] { "22", "0 hello" })
        {
            await served.SendAsync(System.Text.Encoding.ASCII.GetBytes(piece));
            await client.ReadExactlyAsync(piece.Length);
        }

        await Eventually.Is(() => proxy.Host.Read().Backends is [{ FirstBytes.Count: 1 }]);
        var open = proxy.Host.Read().Backends[0];
        Assert.Equal(0, open.Latency.Count);
        Assert.InRange(open.FirstBytes.SumMicroseconds, 90_000, 60_000_000);

        served.Dispose();
        await Eventually.Is(() => proxy.Host.Read().Backends is [{ Latency.Count: 1 }]);
        Assert.Equal(1, proxy.Host.Read().Backends[0].FirstBytes.Count);
    }

    [Fact]
    public async Task A_TCP_backend_that_says_nothing_has_no_first_byte()
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Protocol = ListenerProtocol.Tcp },
            Configs.PoolOf((IPEndPoint)backend.LocalEndpoint));
        using (var client = await RawClient.ConnectAsync(proxy.EndPoint))
        {
            using var served = await backend.AcceptSocketAsync();
            await client.SendAsync("nobody there?");
        }

        await Eventually.Is(() => proxy.Host.Read().Backends is [{ Latency.Count: 1 }]);
        Assert.Equal(0, proxy.Host.Read().Backends[0].FirstBytes.Count);
    }

    [Fact]
    public async Task Only_who_had_to_wait_has_a_queue_time()
    {
        var open = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = open.Task });
        var pool = Configs.Pool with { Backends = [Configs.Backend("b1", backend.EndPoint, maxInFlight: 1)] };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);
        using var first = await RawClient.ConnectAsync(proxy.EndPoint);
        using var second = await RawClient.ConnectAsync(proxy.EndPoint);

        await first.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.Is(() => !backend.Requests.IsEmpty);
        await second.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.Is(() => proxy.Host.Read().Pools is [{ Waiting: 1 }]);
        await Task.Delay(50);
        open.SetResult();
        await first.ReadAsync();
        await second.ReadAsync();

        var waits = proxy.Host.Read().Pools[0].Waits;
        Assert.Equal(1, waits.Count);
        Assert.InRange(waits.SumMicroseconds, 45_000, 60_000_000);
    }

    [Fact]
    public void Routes_that_stay_count_on_when_the_configuration_is_replaced_and_those_that_go_are_forgotten()
    {
        var login = Configs.Route with { Name = "login" };
        var (before, after) = (new RouteSeries([s_api, login]), new RouteSeries([Configs.Route with { Name = "new" }, s_api]));
        var counts = new RouteCounts();
        var underWay = counts.Of(before, new MatchedRoute("", before.Of(s_api)));
        underWay.Add(200);
        counts.Of(before, new MatchedRoute("", before.Of(login))).Add(200);

        counts.Of(after, new MatchedRoute("", after.Of(s_api))).Add(503);
        underWay.Add(101);

        var sums = new Dictionary<string, long[]>();
        counts.AddTo(sums);
        Assert.Equal([1, 1, 0, 0, 1], sums["api"]);
        Assert.DoesNotContain("login", sums.Keys);
        Assert.Equal(after.Labels, sums.Keys);
    }

    [Fact]
    public void Codes_that_a_backend_makes_up_are_one_past_the_bound()
    {
        var statuses = new StatusCounts();
        for (var status = 100; status < 1_000; status++) statuses.Add(status);
        statuses.Add(100);

        var sums = new SortedDictionary<int, long>();
        statuses.AddTo(sums);
        Assert.Equal(65, sums.Count);
        Assert.Equal(2, sums[100]);
        Assert.Equal(836, sums[StatusCounts.Others]);
    }
}
