using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1.Conformance;

/// <summary>A request that comes by again on the same way goes no further; one that comes by on another way does.</summary>
public sealed class LoopTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task A_listener_that_is_its_own_backend_sees_it_at_the_first_return(TransportKind transport)
    {
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.Pool);
        PointTo(proxy, proxy.EndPoint);

        Assert.Equal(508, await AskAsync(proxy));

        Assert.Equal(2, AcceptedBy(proxy));
    }

    [Fact]
    public async Task A_loop_over_another_node_is_seen_at_the_first_return()
    {
        await using var one = TestDataPlane.Start(Configs.Listener, Configs.Pool);
        await using var other = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(one.EndPoint));
        PointTo(one, other.EndPoint);

        Assert.Equal(508, await AskAsync(one));

        Assert.Equal((2, 1), (AcceptedBy(one), AcceptedBy(other)));
    }

    [Fact]
    public async Task Nodes_of_one_name_in_two_clusters_are_no_loop()
    {
        await using var backend = RawBackend.Start();
        await using var inner = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));
        await using var outer = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(inner.EndPoint));

        Assert.Equal(200, await AskAsync(outer));

        var names = backend.Requests.Single().Value("Via")!.Split(", ");
        Assert.Equal(2, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^1.1 clusterlb-test-[0-9a-f]{16}$", name));
    }

    [Fact]
    public async Task A_way_over_another_listener_of_the_node_is_no_loop()
    {
        await using var backend = RawBackend.Start();
        var config = Configs.Of(Configs.Listener, Configs.Pool with { Name = "inner" }, Configs.PoolOf(backend.EndPoint));
        config = config with { Listeners = [Configs.Listener with { Name = "outer", Pool = "inner" }, Configs.Listener] };
        await using var proxy = TestDataPlane.Start(config);
        var (outer, inner) = (proxy.Host.EndPoints["outer"], proxy.Host.EndPoints["web"]);
        proxy.Publish(config with { Pools = [Configs.PoolOf(inner) with { Name = "inner" }, config.Pools[1]] });
        using var client = await RawClient.ConnectAsync(outer);

        await client.SendAsync(Get);

        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    /// <summary>As an application that is a gateway does: it asks the same listener again, for something else.</summary>
    [Fact]
    public async Task A_request_that_comes_back_on_its_way_to_another_pool_is_no_loop()
    {
        await using var gateway = RawBackend.Start();
        await using var service = RawBackend.Start();
        var route = new RouteConfig
        {
            Name = "routes[0]",
            Host = "",
            Path = "",
            PathPrefix = "/service/",
            Methods = [],
            HeaderName = "",
            HeaderValue = "",
            CookieName = "",
            CookieValue = "",
            Pool = "service",
        };
        await using var proxy = TestDataPlane.Start(
            Configs.Listener with { Routes = [route] }, Configs.PoolOf(gateway.EndPoint),
                Configs.PoolOf(service.EndPoint) with { Name = "service" });
        Assert.Equal(200, await AskAsync(proxy));
        var via = gateway.Requests.Single().Value("Via");

        Assert.Equal(200, await AskAsync(proxy, $"GET /service/ HTTP/1.1\r\nHost: x\r\nVia: {via}\r\n\r\n"));
        Assert.Equal(508, await AskAsync(proxy, $"GET /again HTTP/1.1\r\nHost: x\r\nVia: {via}\r\n\r\n"));
        Assert.Single(gateway.Requests);
    }

    [Fact]
    public async Task What_has_come_over_too_many_proxies_goes_no_further()
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint));

        Assert.Equal(200, await AskAsync(proxy,
            $"GET / HTTP/1.1\r\nHost: x\r\nVia: {string.Join(", ", Enumerable.Repeat("1.1 p", 32))}\r\n\r\n"));
        Assert.Equal(508, await AskAsync(proxy,
            $"GET / HTTP/1.1\r\nHost: x\r\nVia: {string.Join(", ", Enumerable.Repeat("1.1 p", 33))}\r\n\r\n"));
    }

    [Fact]
    public async Task A_listener_that_says_nothing_in_Via_leaves_what_came()
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Via = false }, Configs.PoolOf(backend.EndPoint));

        await AskAsync(proxy);
        await AskAsync(proxy, "GET / HTTP/1.1\r\nHost: x\r\nVia: 1.1 other\r\n\r\n");

        Assert.Equal([null, "1.1 other"], backend.Requests.Select(request => request.Value("Via")));
    }

    private static void PointTo(TestDataPlane proxy, IPEndPoint backend) =>
        proxy.Publish(Configs.Of(Configs.Listener, Configs.PoolOf(backend)));

    private static long AcceptedBy(TestDataPlane proxy) => proxy.Host.Read().Listeners.Sum(listener => listener.Accepted);

    private static async Task<int> AskAsync(TestDataPlane proxy, string request = Get)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(request);
        return (await client.ReadAsync()).Status;
    }
}
