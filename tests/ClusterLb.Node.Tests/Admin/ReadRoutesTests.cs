using System.Net;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Admin;

/// <summary>What the admin port of a cluster of one answers.</summary>
public sealed class ReadRoutesTests
{
    private static readonly PoolConfig s_pool = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1),
        new IPEndPoint(IPAddress.Loopback, 2));

    [Fact]
    public async Task Status_is_the_whole_cluster()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        var status = await admin.GetAsync("/api/v1/status");

        Assert.Equal("test", status.GetProperty("node").GetString());
        Assert.True(status.GetProperty("control_plane").GetProperty("running").GetBoolean());
        Assert.Equal("", status.GetProperty("control_plane").GetProperty("refusal").GetString());
        Assert.True(status.GetProperty("config").GetProperty("agrees").GetBoolean());
        Assert.Equal("test", status.GetProperty("config").GetProperty("fingerprint").GetString());
        var node = Assert.Single(status.GetProperty("nodes").EnumerateArray());
        Assert.Equal(("test", "up", true),
            (node.GetProperty("name").GetString(), node.GetProperty("status").GetString(), node.GetProperty("is_monitor").GetBoolean()));
        var backend = status.GetProperty("pools")[0].GetProperty("backends")[0];
        Assert.Equal(("b1", "up", "ready", 0), (
            backend.GetProperty("name").GetString(), backend.GetProperty("state").GetString(), backend.GetProperty("admin").GetString(),
                backend.GetProperty("in_flight").GetInt32()));
        Assert.Equal(JsonValueKind.Null, backend.GetProperty("drain").ValueKind);
    }

    [Fact]
    public async Task In_flight_is_counted_by_node()
    {
        var answer = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = answer.Task });
        await using var admin = await TestAdmin.StartAsync(Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(admin.EndPoint);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        var status = await admin.EventuallyAsync("/api/v1/pools/app", pool => pool.GetProperty("backends")[0].GetProperty("in_flight")
            .GetInt32() == 1);

        Assert.Equal(1, status.GetProperty("backends")[0].GetProperty("in_flight_by_node").GetProperty("test").GetInt32());
        answer.SetResult();
        await client.ReadAsync();
    }

    [Fact]
    public async Task Nodes_pools_and_one_pool_are_parts_of_it()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        Assert.Equal("test", (await admin.GetAsync("/api/v1/nodes"))[0].GetProperty("name").GetString());
        Assert.Equal("app", (await admin.GetAsync("/api/v1/pools"))[0].GetProperty("name").GetString());
        Assert.Equal(2, (await admin.GetAsync("/api/v1/pools/app")).GetProperty("backends").GetArrayLength());
        Assert.Equal("b2", (await admin.GetAsync("/api/v1/pools/app/backends/b2")).GetProperty("name").GetString());
        Assert.Equal((HttpStatusCode.NotFound, "there is no pool \"web\"; pools are app"), await admin.AskAsync("/api/v1/pools/web"));
        Assert.Equal((HttpStatusCode.NotFound, "pool \"app\" has no backend \"b9\"; its backends are b1, b2"),
            await admin.AskAsync("/api/v1/pools/app/backends/b9"));
    }

    [Fact]
    public async Task Events_say_what_happened()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);
        await admin.PostAsync("/api/v1/pools/app/backends/b1/state", """{"state":"maintenance"}""");

        var events = await admin.EventuallyAsync("/api/v1/events",
            all => all.EnumerateArray().Any(one => one.GetProperty("subject").GetString() == "app/b1"));

        var last = events.EnumerateArray().Last(one => one.GetProperty("subject").GetString() == "app/b1");
        Assert.Equal(("test", "UP -> MAINTENANCE: put into maintenance by an operator through test"),
            (last.GetProperty("node").GetString(), last.GetProperty("text").GetString()));
        Assert.True(last.GetProperty("time").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task Explain_says_where_a_request_with_a_key_really_goes()
    {
        await using var one = RawBackend.Start("b1");
        await using var two = RawBackend.Start("b2");
        await using var three = RawBackend.Start("b3");
        var hash = Configs.Pool.Hash with { Key = HashKeyKind.Header, KeyName = "X-User" };
        await using var admin = await TestAdmin.StartAsync(Configs.PoolOf(one.EndPoint, two.EndPoint,
            three.EndPoint) with
        { Balance = "consistent-hash", Hash = hash });
        using var client = await RawClient.ConnectAsync(admin.EndPoint);

        for (var user = 0; user < 20; user++)
        {
            await client.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX-User: user {user}\r\n\r\n");
            var served = (await client.ReadAsync()).Body;

            Assert.Equal(served, (await admin.GetAsync($"/api/v1/explain?pool=app&key=user%20{user}")).GetProperty("picked").GetString());
        }
    }

    [Fact]
    public async Task Explain_says_where_a_client_really_goes_by_its_address()
    {
        await using var one = RawBackend.Start("b1");
        await using var two = RawBackend.Start("b2");
        await using var admin = await TestAdmin.StartAsync(Configs.PoolOf(one.EndPoint, two.EndPoint) with { Balance = "ip-hash" });
        using var client = await RawClient.ConnectAsync(admin.EndPoint);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var served = (await client.ReadAsync()).Body;

        var explanation = await admin.GetAsync("/api/v1/explain?pool=app&key=127.0.0.1");

        Assert.Equal((served, "source-ip"),
            (explanation.GetProperty("picked").GetString(), explanation.GetProperty("hashes_by").GetString()));
        Assert.Equal((HttpStatusCode.BadRequest, "key \"alice\" is no IP address, and pool \"app\" hashes by source-ip"),
            await admin.AskAsync("/api/v1/explain?pool=app&key=alice"));
    }

    [Theory]
    [InlineData("", "pool is missing: /api/v1/explain?pool=POOL&key=KEY", HttpStatusCode.BadRequest)]
    [InlineData("?pool=web", "there is no pool \"web\"; pools are app", HttpStatusCode.NotFound)]
    [InlineData("?pool=app&key=x", "pool \"app\" goes by round-robin, which has no key; leave it out", HttpStatusCode.BadRequest)]
    public async Task Explain_refuses_in_one_line(string query, string line, HttpStatusCode status)
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);

        Assert.Equal((status, line), await admin.AskAsync("/api/v1/explain" + query));
    }

    [Fact]
    public async Task The_API_needs_the_token_where_one_is_configured_and_health_does_not()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool, token: "correct-horse-battery");

        foreach (var path in new[] { "status", "nodes", "pools", "pools/app", "events", "explain" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await admin.AskAsync("/api/v1/" + path)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await admin.PostAsync("/api/v1/pools/app/backends/b1/state", "{}")).Status);
        Assert.Equal((HttpStatusCode.OK, "alive"), await admin.AskAsync("/livez"));
        admin.Http.DefaultRequestHeaders.Add("Authorization", "Bearer correct-horse-battery");
        Assert.Equal("test", (await admin.GetAsync("/api/v1/status")).GetProperty("node").GetString());
    }

    [Fact]
    public async Task Without_a_control_plane_the_node_still_answers_and_says_so()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);

        var status = await admin.GetAsync("/api/v1/status");

        Assert.False(status.GetProperty("control_plane").GetProperty("running").GetBoolean());
        Assert.Equal("alone", status.GetProperty("nodes")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task Metrics_show_the_cluster()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        var metrics = await admin.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        Assert.Matches("clusterlb_nodes\\{[^}]*status=\"up\",reachable=\"true\"\\} 1", metrics);
        Assert.Matches("clusterlb_monitor\\{?[^}]*\\}? 1", metrics);
        Assert.Matches("clusterlb_stale\\{?[^}]*\\}? 0", metrics);
        Assert.Matches("clusterlb_config_disagreement\\{?[^}]*\\}? 0", metrics);
        Assert.Matches("clusterlb_backend_in_flight_cluster\\{[^}]*pool=\"app\",backend=\"b1\"\\} 0", metrics);
        Assert.Matches("clusterlb_backend_unreachable\\{[^}]*pool=\"app\",backend=\"b1\"\\} 0", metrics);
        Assert.Contains("clusterlb_snapshot_term", metrics, StringComparison.Ordinal);
    }
}
