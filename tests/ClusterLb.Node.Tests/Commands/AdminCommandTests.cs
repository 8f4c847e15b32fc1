using System.CommandLine;
using System.Net;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Admin;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Commands;

/// <summary>The commands that ask a running node: what they print and which exit code they end with.</summary>
public sealed class AdminCommandTests : IDisposable
{
    private static readonly PoolConfig s_pool = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1),
        new IPEndPoint(IPAddress.Loopback, 2));

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Status_shows_nodes_and_backends_a_line_each_and_wraps_nothing()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        Assert.Equal(0, await RunAsync(admin, "status"));

        var lines = _output.ToString().Split(Environment.NewLine);
        Assert.Matches("^1 node as test sees it; configuration test since [^ ]+Z$", lines[0]);
        Assert.Matches("^NODE  ROLE     STATUS  PHASE", lines[2]);
        Assert.Matches("^test  monitor  up      (ready|starting) .* test$", lines[3]);
        Assert.Equal("pool app, round-robin", lines[5]);
        Assert.Matches("^BACKEND  ADDRESS      STATE  SINCE  WEIGHT  IN FLIGHT  BY NODE  SESSIONS  WHY$", lines[6]);
        Assert.Matches("^app/b1   127.0.0.1:1  up     .*not checked", lines[7]);
        Assert.Equal(10, lines.Length);
        Assert.DoesNotContain('\x1b', _output.ToString());
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public async Task Status_as_JSON_is_what_the_node_answered()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        Assert.Equal(0, await RunAsync(admin, "status", "--json"));

        using var answer = JsonDocument.Parse(_output.ToString());
        Assert.Equal(0, answer.RootElement.GetProperty("pools")[0].GetProperty("backends")[1].GetProperty("in_flight").GetInt32());
    }

    [Theory]
    [InlineData("backend", "drain", "app/b2")]
    [InlineData("backend", "maintain", "app/b2")]
    [InlineData("backend", "weight", "app/b2", "0")]
    public async Task The_last_backend_that_takes_work_is_taken_away_only_by_force(params string[] command)
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);
        Assert.Equal(0, await RunAsync(admin, "backend", "maintain", "app/b1"));

        Assert.Equal(1, await RunAsync(admin, command));
        Assert.Equal("app/b2 is the last backend of pool app that takes work: without it requests are answered with 503; do it all the "
            + "same with --force (\"force\": true)", _error.ToString().Trim());
        Assert.Equal(0, await RunAsync(admin, [.. command, "--force"]));
    }

    [Fact]
    public async Task A_drain_returns_at_once_and_says_what_it_waits_for()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        Assert.Equal(0, await RunAsync(admin, "backend", "drain", "app/b1", "--timeout", "5m"));

        Assert.Matches(@"^app/b1 drains: 0 in flight, cut off in (300|299\.\d) s\s*$", _output.ToString());
    }

    [Fact]
    public async Task A_drain_that_is_waited_for_ends_with_the_last_request()
    {
        var answer = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = answer.Task });
        await using var admin = await TestAdmin.StartAsync(Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(admin.EndPoint);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually.Is(() => !backend.Requests.IsEmpty);

        var waiting = RunAsync(admin, "backend", "drain", "app/b1", "--force", "--wait");
        await admin.EventuallyAsync("/api/v1/pools/app", pool => pool.GetProperty("backends")[0].GetProperty("admin")
            .GetString() == "draining");
        Assert.False(waiting.IsCompleted);
        answer.SetResult();

        Assert.Equal(0, await waiting);
        Assert.Equal("app/b1 is drained: all work on it ended by itself", _output.ToString().Trim());
        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_drain_says_which_sessions_it_waits_for_and_that_they_move_at_the_deadline()
    {
        await using var backend = RawBackend.Start("b1");
        await using var admin = await TestAdmin.StartAsync(Configs.PoolOf(backend.EndPoint) with
        {
            Sticky =
            Configs.Sticky with { By = StickyBy.Header, Name = "X-User" }
        });
        using var client = await RawClient.ConnectAsync(admin.EndPoint);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX-User: ann\r\n\r\n");
        Assert.Equal(200, (await client.ReadAsync()).Status);
        await admin.EventuallyAsync("/api/v1/pools/app", pool => pool.GetProperty("backends")[0].GetProperty("sessions").GetInt32() == 1);

        Assert.Equal(0, await RunAsync(admin, "backend", "drain", "app/b1", "--force", "--timeout", "5m"));
        Assert.Contains("sticky sessions it keeps until then, unless they are evacuated: 1", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync(admin, "backend", "drain", "app/b1", "--force", "--timeout", "500ms", "--wait"));

        Assert.EndsWith("app/b1 is drained: nothing was in flight at the deadline; 1 session moves with the next request",
            _output.ToString().Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drain_that_had_to_cut_connections_off_is_a_no_with_their_number()
    {
        var never = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = never.Task });
        await using var admin = await TestAdmin.StartAsync(Configs.PoolOf(backend.EndPoint));
        using var one = await RawClient.ConnectAsync(admin.EndPoint);
        using var other = await RawClient.ConnectAsync(admin.EndPoint);
        foreach (var client in new[] { one, other }) await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually.Is(() => backend.Requests.Count == 2);

        Assert.Equal(1, await RunAsync(admin, "backend", "drain", "app/b1", "--force", "--timeout", "500ms", "--wait"));

        Assert.Equal("app/b1 is drained: 2 connections were cut off at the deadline", _output.ToString().Trim());
        never.SetResult();
    }

    [Fact]
    public async Task A_drain_that_somebody_undoes_is_a_no()
    {
        var answer = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = answer.Task });
        await using var admin = await TestAdmin.StartAsync(Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(admin.EndPoint);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually.Is(() => !backend.Requests.IsEmpty);
        var waiting = RunAsync(admin, "backend", "drain", "app/b1", "--force", "--wait");
        await admin.EventuallyAsync("/api/v1/pools/app", pool => pool.GetProperty("backends")[0].GetProperty("admin")
            .GetString() == "draining");

        await admin.PostAsync("/api/v1/pools/app/backends/b1/state", """{"state":"ready"}""");

        Assert.Equal(1, await waiting);
        Assert.Equal("app/b1 drains no more: somebody wants it ready", _output.ToString().Trim());
        answer.SetResult();
    }

    [Fact]
    public async Task Backends_are_made_ready_maintained_and_weighed()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        Assert.Equal(0, await RunAsync(admin, "backend", "maintain", "app/b1"));
        Assert.Equal(0, await RunAsync(admin, "backend", "ready", "app/b1"));
        Assert.Equal(0, await RunAsync(admin, "backend", "weight", "app/b2", "0"));
        Assert.Equal(0, await RunAsync(admin, "backend", "weight", "app/b2", "configured"));

        Assert.Equal(
            ["app/b1 is in maintenance", "app/b1 is ready", "app/b2 has weight 0", "app/b2 has its configured weight"],
            _output.ToString().TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public async Task A_node_is_drained_and_made_ready()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);

        Assert.Equal(0, await RunAsync(admin, "node", "drain", "test"));
        Assert.Equal(0, await RunAsync(admin, "node", "ready", "test"));

        Assert.StartsWith("test is draining" + Environment.NewLine, _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no pool \"web\"; pools are app", "backend", "drain", "web/b1")]
    [InlineData("pool \"app\" has no backend \"b9\"; its backends are b1, b2", "backend", "ready", "app/b9")]
    [InlineData("weight is 300; it must be a whole number from 0 to 256, or null for the configured "
        + "one", "backend", "weight", "app/b1", "300")]
    [InlineData("timeout is \"soon\"; it must be a duration from 0s to 24h, such as 200ms, 5s, 1m or "
        + "1h", "backend", "drain", "app/b1", "--timeout", "soon")]
    [InlineData("there is no node \"lb9\"; nodes are test", "node", "drain", "lb9")]
    [InlineData("there is no pool \"web\"; pools are app", "explain", "--pool", "web")]
    public async Task A_no_is_one_line_and_exit_code_1(string line, params string[] arguments)
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);

        Assert.Equal(1, await RunAsync(admin, arguments));
        Assert.Equal((line, ""), (_error.ToString().Trim(), _output.ToString()));
    }

    [Fact]
    public async Task Silence_of_the_control_plane_is_exit_code_2()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);

        Assert.Equal(2, await RunAsync(admin, "backend", "drain", "app/b1"));
        Assert.Equal("the control plane is not running", _error.ToString().Trim());
    }

    [Fact]
    public async Task Nobody_there_is_one_line_and_exit_code_2()
    {
        Assert.Equal(2, await RunAsync("status", "--admin", "http://127.0.0.1:1"));
        Assert.Equal("nobody listens at http://127.0.0.1:1/; is a node running, and is that its admin port?", _error.ToString().Trim());
    }

    [Theory]
    [InlineData("localhost:9000")]
    [InlineData("/var/run/x")]
    public async Task An_address_that_is_no_URL_is_one_line_and_exit_code_2(string address)
    {
        Assert.Equal(2, await RunAsync("events", "--admin", address));
        Assert.Equal($"--admin is \"{address}\"; it must be a URL such as http://127.0.0.1:9000", _error.ToString().Trim());
    }

    [Fact]
    public async Task Something_else_that_listens_there_is_one_line_and_exit_code_2()
    {
        await using var other = RawBackend.Start("hello");

        Assert.Equal(2, await RunAsync("status", "--admin", $"http://{other.EndPoint}"));
        Assert.Equal($"http://{other.EndPoint}/ is not the admin port of a node of this version", _error.ToString().Trim());
    }

    [Fact]
    public async Task Explain_shows_the_pick_and_every_backend()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool with { Balance = "ip-hash" });

        Assert.Equal(0, await RunAsync(admin, "explain", "--pool", "app", "--key", "10.0.0.1"));

        var lines = _output.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal("pool app, ip-hash by source-ip", lines[0]);
        Assert.Matches("^b[12]: the key is its own$", lines[1]);
        Assert.Equal("BACKEND  STATE  ELIGIBLE  WEIGHT  IN FLIGHT HERE  ELSEWHERE  SCORE  HASH ORDER  WHY", lines[3]);
        Assert.Equal(6, lines.Length);
    }

    [Fact]
    public async Task Events_are_a_line_each()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool);
        await RunAsync(admin, "backend", "maintain", "app/b1");
        await admin.EventuallyAsync("/api/v1/events",
            all => all.EnumerateArray()
            .Any(one => one.GetProperty("text").GetString()!.StartsWith("UP -> MAINTENANCE", StringComparison.Ordinal)));

        Assert.Equal(0, await RunAsync(admin, "events"));

        Assert.Matches(
            @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  test +app/b1 +UP -> MAINTENANCE: put into maintenance by an operator through test",
            _output.ToString());
    }

    private Task<int> RunAsync(TestAdmin admin, params string[] arguments) => RunAsync([.. arguments, "--admin", admin.Url]);

    private Task<int> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync(arguments,
            new InvocationConfiguration { Output = _output, Error = _error, EnableDefaultExceptionHandler = false });
}
