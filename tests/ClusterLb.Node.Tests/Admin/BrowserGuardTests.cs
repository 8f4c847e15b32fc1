using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Admin;

/// <summary>What a browser may be made to send by a page that an operator looks at, over real HTTP.</summary>
public sealed class BrowserGuardTests
{
    private const string State = "/api/v1/pools/app/backends/b1/state";

    private static readonly PoolConfig s_pool = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1));

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:9000")]
    [InlineData("localhost.evil.example:9000")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("10.0.0.1:9000")]
    [InlineData("[2001:db8::1]:9000")]
    public async Task A_page_whose_name_is_rebound_to_this_machine_reads_and_commands_nothing(string host)
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);
        admin.Http.DefaultRequestHeaders.Host = host;
        // Such a page is of the same site as what it asks for, as far as its browser knows.
        admin.Http.DefaultRequestHeaders.Add("Origin", $"http://{host}");
        var line = $"the Host header is \"{host}\"; without node.admin.token it must be localhost or a loopback address, as in {admin.Url}";

        Assert.Equal((HttpStatusCode.Forbidden, line), await admin.AskAsync("/api/v1/status"));
        Assert.Equal((HttpStatusCode.Forbidden, line), await admin.PostAsync(State, """{"state":"draining"}"""));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost:9000")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3:1")]
    [InlineData("[::1]")]
    [InlineData("[::1]:9000")]
    public async Task Whoever_speaks_to_this_machine_by_its_own_name_is_answered(string host)
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);
        admin.Http.DefaultRequestHeaders.Host = host;

        Assert.Equal(HttpStatusCode.OK, (await admin.AskAsync("/api/v1/status")).Status);
    }

    [Theory]
    [InlineData("GET /api/v1/status HTTP/1.0\r\n\r\n")]
    [InlineData("GET /api/v1/status HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://evil.example/api/v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")]
    public async Task A_request_without_a_host_or_with_one_in_its_target_is_refused_too(string request)
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);
        using var client = await RawClient.ConnectAsync(IPEndPoint.Parse(new Uri(admin.Url).Authority));
        await client.SendAsync(request);

        Assert.Equal(403, (await client.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("/livez")]
    [InlineData("/metrics")]
    public async Task Health_and_metrics_are_open_under_every_name(string path)
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);
        admin.Http.DefaultRequestHeaders.Host = "lb1.internal:9000";

        Assert.Equal(HttpStatusCode.OK, (await admin.AskAsync(path)).Status);
        Assert.NotEqual(HttpStatusCode.Forbidden, (await admin.AskAsync("/readyz")).Status);
    }

    [Fact]
    public async Task With_a_token_the_name_does_not_matter()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool, token: "correct-horse-battery");
        admin.Http.DefaultRequestHeaders.Host = "lb1.internal:9000";

        Assert.Equal(HttpStatusCode.Unauthorized, (await admin.AskAsync("/api/v1/status")).Status);
        admin.Http.DefaultRequestHeaders.Add("Authorization", "Bearer correct-horse-battery");
        Assert.Equal(HttpStatusCode.OK, (await admin.AskAsync("/api/v1/status")).Status);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    public async Task A_page_of_another_site_commands_nothing(string origin)
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);
        admin.Http.DefaultRequestHeaders.Add("Origin", origin);

        Assert.Equal((HttpStatusCode.Forbidden, "a web page of another site may not command this node"),
            await admin.PostAsync(State, """{"state":"draining"}"""));
    }
}
