using System.Net;
using System.Text;
using System.Text.Json;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Admin;

/// <summary>Commands to a node over its admin port: obeyed, refused in one line, or not answered.</summary>
public sealed class CommandRoutesTests
{
    private const string B1 = "/api/v1/pools/app/backends/b1/";

    private static readonly PoolConfig s_pool = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1),
        new IPEndPoint(IPAddress.Loopback, 2));

    /// <summary>With two more seeds that nobody listens at, a node is never in a cluster that may decide.</summary>
    private static readonly ClusterConfig s_minority =
        Configs.Cluster with { Seeds = [.. new[] { 1, 2, 3 }.Select(port => new SeedConfig(SeedKind.Node, "127.0.0.1", port))] };

    private static readonly string[] s_drain = ["draining", "drained"];

    [Fact]
    public async Task A_drain_is_done_when_nothing_is_left_and_undone_by_ready()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        var (status, text) = await admin.PostAsync(B1 + "state", """{"state":"draining"}""");
        using var answer = JsonDocument.Parse(text);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("draining", answer.RootElement.GetProperty("admin").GetString());
        Assert.InRange(answer.RootElement.GetProperty("drain").GetProperty("deadline_seconds").GetDouble(), 25, 30);
        var drained = await admin.EventuallyAsync("/api/v1/pools/app", pool => Admin(pool) == "drained");
        Assert.True(Drain(drained).GetProperty("done").GetBoolean());
        Assert.Equal(0, Drain(drained).GetProperty("cut").GetInt32());

        await admin.PostAsync(B1 + "state", """{"state":"ready"}""");
        var ready = await admin.EventuallyAsync("/api/v1/pools/app", pool => State(pool) == "up");
        Assert.Equal(("ready", JsonValueKind.Null), (Admin(ready), Drain(ready).ValueKind));
    }

    [Fact]
    public async Task A_drained_backend_stays_drained_under_a_newer_wish()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);
        await admin.PostAsync(B1 + "state", """{"state":"draining"}""");
        await admin.EventuallyAsync("/api/v1/pools/app", pool => Admin(pool) == "drained");

        await admin.PostAsync(B1 + "weight", """{"weight":7}""");
        await admin.PostAsync(B1 + "state", """{"state":"draining","timeout":"1s"}""");

        await admin.EventuallyAsync("/api/v1/pools/app", pool => Admin(pool) == "drained" && State(pool) == "drained");
    }

    [Fact]
    public async Task The_timeout_is_the_one_given()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        var (_, text) = await admin.PostAsync(B1 + "state", """{"state":"draining","timeout":"5m"}""");

        using var answer = JsonDocument.Parse(text);
        Assert.InRange(answer.RootElement.GetProperty("drain").GetProperty("deadline_seconds").GetDouble(), 290, 300);
    }

    [Fact]
    public async Task A_weight_counts_at_once_and_null_is_the_configured_one()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        Assert.Equal(HttpStatusCode.OK, (await admin.PostAsync(B1 + "weight", """{"weight":256}""")).Status);
        await admin.EventuallyAsync("/api/v1/pools/app", pool => Weight(pool) == 256);

        await admin.PostAsync(B1 + "weight", """{"weight":null}""");
        await admin.EventuallyAsync("/api/v1/pools/app", pool => Weight(pool) == 1);
    }

    [Fact]
    public async Task A_node_drains_and_is_ready_again()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        Assert.Equal((HttpStatusCode.OK, """{"name":"test","phase":"draining"}"""),
            await admin.PostAsync("/api/v1/nodes/test/state", """{"state":"draining"}"""));
        using var unready = await admin.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unready.StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await admin.PostAsync("/api/v1/nodes/test/state", """{"state":"ready"}""")).Status);
        await Eventually.Is(() => admin.ControlPlane.Commands.Read().Nodes[0].Facts!.Phase == "ready");
    }

    [Theory]
    [InlineData("/api/v1/pools/web/backends/b1/state", "there is no pool \"web\"; pools are app")]
    [InlineData("/api/v1/pools/app/backends/b9/state", "pool \"app\" has no backend \"b9\"; its backends are b1, b2")]
    [InlineData("/api/v1/pools/app/backends/b9/weight", "pool \"app\" has no backend \"b9\"; its backends are b1, b2")]
    [InlineData("/api/v1/nodes/lb9/state", "there is no node \"lb9\"; nodes are test")]
    public async Task What_is_unknown_is_404_with_the_legal_names(string path, string line)
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);

        Assert.Equal((HttpStatusCode.NotFound, line), await admin.PostAsync(path, "{}"));
    }

    [Theory]
    [InlineData("state", "", "the body is no JSON; it must be an object with state, timeout, mode, force")]
    [InlineData("state", "{\"state\":", "the body is no JSON; it must be an object with state, timeout, mode, force")]
    [InlineData("state", "[]", "the body must be a JSON object with state, timeout, mode, force")]
    [InlineData("state", "{}", "state is missing; it must be one of draining, ready, maintenance")]
    [InlineData("state", "{\"state\":\"drained\"}", "state is \"drained\"; it must be one of draining, ready, maintenance")]
    [InlineData("state", "{\"state\":7}", "state is 7; it must be one of draining, ready, maintenance")]
    [InlineData("state", "{\"state\":\"draining\",\"timeout\":\"soon\"}", "timeout is \"soon\"; it must be a duration from 0s to 24h, "
        + "such as 200ms, 5s, 1m or 1h")]
    [InlineData("state", "{\"state\":\"draining\",\"timeout\":\"2d\"}", "timeout is \"2d\"; it must be a duration from 0s to 24h, such "
        + "as 200ms, 5s, 1m or 1h")]
    [InlineData("state", "{\"state\":\"ready\",\"timeout\":\"1s\"}", "timeout goes with state draining only")]
    [InlineData("state", "{\"state\":\"maintenance\",\"mode\":\"all\"}", "mode goes with state draining only")]
    [InlineData("state", "{\"state\":\"draining\",\"mode\":\"some\"}", "mode is \"some\"; it must be one of sessions, all")]
    [InlineData("state", "{\"state\":\"ready\",\"why\":1}", "\"why\" is no key of this command; it has state, timeout, mode, force")]
    [InlineData("state", "{\"state\":\"ready\",\"state\":\"ready\"}", "\"state\" is there twice")]
    [InlineData("weight", "{}", "weight is missing; it must be a whole number from 0 to 256, or null for the configured one")]
    [InlineData("weight", "{\"weight\":257}", "weight is 257; it must be a whole number from 0 to 256, or null for the configured one")]
    [InlineData("weight", "{\"weight\":1.5}", "weight is 1.5; it must be a whole number from 0 to 256, or null for the configured one")]
    [InlineData("weight", "{\"weight\":\"5\"}", "weight is \"5\"; it must be a whole number from 0 to 256, or null for the configured one")]
    public async Task A_bad_body_is_400_with_one_line(string command, string body, string line)
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);

        Assert.Equal((HttpStatusCode.BadRequest, line), await admin.PostAsync(B1 + command, body));
    }

    [Fact]
    public async Task A_long_body_is_refused_whether_its_length_is_said_or_not()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);
        var body = $"{{\"state\":\"{new string('x', 5_000)}\"}}";

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "the body is longer than 4096 bytes"),
            await admin.PostAsync(B1 + "state", body));
        using var chunked = new HttpRequestMessage(HttpMethod.Post,
            B1 + "state")
        { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        chunked.Headers.TransferEncodingChunked = true;
        using var response = await admin.Http.SendAsync(chunked);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_node_that_may_not_decide_says_409_and_why()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool, cluster: s_minority);
        admin.ControlPlane.Start();
        await Eventually.Is(() => admin.ControlPlane.IsRunning);

        var (status, text) = await admin.PostAsync(B1 + "state", """{"state":"draining"}""");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.StartsWith("this node is in no cluster", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_control_plane_that_does_not_run_is_503()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the control plane is not running"),
            await admin.PostAsync(B1 + "state", """{"state":"draining"}"""));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the control plane is not running"),
            await admin.PostAsync("/api/v1/nodes/test/state", """{"state":"draining"}"""));
    }

    [Fact]
    public async Task An_answer_says_what_is_so_after_the_command()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        for (var round = 0; round < 20; round++)
        {
            Assert.Equal("maintenance", (await AfterAsync("state", """{"state":"maintenance"}""")).GetProperty("state").GetString());
            Assert.Equal("up", (await AfterAsync("state", """{"state":"ready"}""")).GetProperty("state").GetString());
            var light = await AfterAsync("weight", """{"weight":7}""");
            Assert.Equal((7, 7), (light.GetProperty("operator_weight").GetInt32(), light.GetProperty("weight").GetInt32()));
            var plain = await AfterAsync("weight", """{"weight":null}""");
            Assert.Equal((JsonValueKind.Null, 1), (plain.GetProperty("operator_weight").ValueKind, plain.GetProperty("weight").GetInt32()));
            Assert.Contains((await AfterAsync("state", """{"state":"draining"}""")).GetProperty("state").GetString(), s_drain);
            Assert.Equal("up", (await AfterAsync("state", """{"state":"ready"}""")).GetProperty("state").GetString());
        }

        async Task<JsonElement> AfterAsync(string command, string body)
        {
            var (status, text) = await admin.PostAsync(B1 + command, body);
            Assert.Equal(HttpStatusCode.OK, status);
            using var answer = JsonDocument.Parse(text);
            return answer.RootElement.Clone();
        }
    }

    [Fact]
    public async Task A_drained_backend_is_drained_in_every_word_of_its_answer()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);
        await admin.PostAsync(B1 + "state", """{"state":"draining"}""");

        await admin.EventuallyAsync("/api/v1/pools/app", pool =>
        {
            var words = (Admin(pool)!, State(pool)!, Drain(pool).GetProperty("done").GetBoolean());
            Assert.Contains(words, new[] { ("draining", "draining", false), ("drained", "drained", true) });
            return words.Item3;
        });
    }

    [Fact]
    public async Task An_effect_that_does_not_show_is_503_and_says_that_it_was_agreed_on()
    {
        using var stuck = new StuckPolicy();
        var pool = s_pool with { Balance = stuck.Name };
        await using var admin = await TestAdmin.StartAsync(pool, Policies.Default.With(stuck), ProbeRegistry.Default);
        stuck.IsStuck = true;
        var answer = await admin.PostAsync(B1 + "state", """{"state":"maintenance"}""");
        stuck.IsStuck = false;

        Assert.Equal((HttpStatusCode.ServiceUnavailable,
            "app/b1: the nodes agreed on it, but the node that was asked does not go by it yet; look again"), answer);
        await admin.EventuallyAsync("/api/v1/pools/app", state => State(state) == "maintenance");
    }

    [Fact]
    public async Task Seeds_that_nobody_ever_heard_are_in_the_status()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool, cluster: s_minority);
        admin.ControlPlane.Start();

        var status = await admin.EventuallyAsync("/api/v1/status", one => one.GetProperty("missing_seeds").GetArrayLength() == 3);

        Assert.All(status.GetProperty("missing_seeds").EnumerateArray(), seed =>
        {
            Assert.StartsWith("127.0.0.1:", seed.GetProperty("address").GetString(), StringComparison.Ordinal);
            Assert.Equal(("", JsonValueKind.Null, false), (seed.GetProperty("name").GetString(), seed.GetProperty("last_seen").ValueKind,
                seed.GetProperty("is_reached").GetBoolean()));
        });
        Assert.Matches(@"^\d+\.\d+\.\d+", status.GetProperty("nodes")[0].GetProperty("version").GetString());
    }

    private static JsonElement First(JsonElement pool) => pool.GetProperty("backends")[0];

    private static string? Admin(JsonElement pool) => First(pool).GetProperty("admin").GetString();

    private static string? State(JsonElement pool) => First(pool).GetProperty("state").GetString();

    private static double Weight(JsonElement pool) => First(pool).GetProperty("weight").GetDouble();

    private static JsonElement Drain(JsonElement pool) => First(pool).GetProperty("drain");
}
