using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Requests;

public sealed class RouteRequestTests
{
    [Theory]
    [InlineData("127.0.0.1", "lb.example.com", "127.0.0.1")]
    [InlineData("0.0.0.0", "lb.example.com", "lb.example.com")]
    [InlineData("0.0.0.0", "192.0.2.7", "192.0.2.7")]
    public async Task A_request_that_names_no_host_is_routed_by_the_host_that_is_sent_for_it(string bind, string nodeHost, string expected)
    {
        await using var backend = RawBackend.Start();
        var route = new RouteConfig
        {
            Name = "routes[0]",
            Host = expected,
            Path = "",
            PathPrefix = "",
            Methods = [],
            HeaderName = "",
            HeaderValue = "",
            CookieName = "",
            CookieValue = "",
            Pool = "app",
        };
        var config = Configs.Of(Configs.Listener with { Bind = new IPEndPoint(IPAddress.Parse(bind), 0), Pool = "", Routes = [route] },
            Configs.PoolOf(backend.EndPoint));
        await using var proxy = TestDataPlane.Start(config with { Node = config.Node with { Host = nodeHost } });
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.EndPoint.Port));

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal($"{expected}:0", backend.Requests.Single().Value("Host"));
    }
}
