using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Reload;

/// <summary>Real nodes that read their configuration again.</summary>
public sealed class ReloadTests
{
    private const int SIGHUP = 1;

    [Fact]
    public async Task The_command_prints_what_changed_and_it_is_in_force_when_it_ends()
    {
        await using var one = RawBackend.Start("one");
        await using var two = RawBackend.Start("two");
        using var node = await ReloadedNode.StartAsync(node => node.Simple(one.EndPoint));
        Assert.Equal("one", await node.AskAsync());

        node.Write(node.Simple(two.EndPoint) + "\nnode.drain-timeout = 1s");
        var (dryExit, would, _) = await node.CommandAsync("reload", "--dry-run");
        Assert.Equal("one", await node.AskAsync());
        var (exit, output, errors) = await node.CommandAsync("reload");

        string[] changes = ["node.drain-timeout: 30s -> 1s", $"pools.app.backends.b1.address: {one.EndPoint} -> {two.EndPoint}"];
        Assert.Equal((0, 0, ""), (dryExit, exit, errors));
        Assert.Equal(changes, would.Split('\n')[..^1].Select(line => line.Trim()));
        Assert.EndsWith("is not in force on lb1: 2 changes to come", would, StringComparison.Ordinal);
        Assert.Equal(changes, output.Split('\n')[..^1].Select(line => line.Trim()));
        Assert.EndsWith($"configuration {await node.FingerprintAsync()} is in force on lb1: 2 changes", output, StringComparison.Ordinal);
        Assert.Equal("two", await node.AskAsync());
        Assert.EndsWith("is in force on lb1: nothing has changed", (await node.CommandAsync("reload")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGHUP_does_the_same_and_it_is_remembered()
    {
        await using var one = RawBackend.Start("one");
        await using var two = RawBackend.Start("two");
        using var node = await ReloadedNode.StartAsync(node => node.Simple(one.EndPoint));
        var since = (await node.GetAsync("status")).GetProperty("config").GetProperty("since").GetDateTimeOffset();

        node.Write(node.Simple(one.EndPoint, two.EndPoint));
        node.Process.Signal(SIGHUP);

        await Eventually.Is(async () => await node.AskAsync() == "two");
        Assert.Contains(await EventsAsync(node), text =>
            text.StartsWith("configuration ", StringComparison.Ordinal)
            && text.EndsWith($" is in force: pools.app.backends.b2 added: {two.EndPoint}", StringComparison.Ordinal));
        Assert.True((await node.GetAsync("status")).GetProperty("config").GetProperty("since").GetDateTimeOffset() > since);
        Assert.Contains("clusterlb_reloads_total{result=\"applied\"} 1\n", await node.MetricsAsync(), StringComparison.Ordinal);
        Assert.Contains($"b2 added: {two.EndPoint}", node.Process.Errors, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> BadFiles() => new()
    {
        { "pools.app {", "is not closed" },
        { "pools.app.balnce = p2c", "pools.app.balnce: unknown key" },
        { "pools.app.drain-timeout = soon", "pools.app.drain-timeout" },
        { "listeners.web.pool = nowhere", "listeners.web.pool" },
        { "include required(\"not-there.conf\")", "not-there.conf" },
        { "node.drain-delay = ${NOT_THERE}", "NOT_THERE" },
        { "node.admin.token-file = \"not-there\"", "not-there" },
        { "cluster.tls { certificate = a.pem, key = a.key, ca = ca.pem }", "cluster.tls.certificate" },
        {
            "listeners.other { bind = \"127.0.0.1:TAKEN\", pool = app }",
            "listeners.other.bind: listener 'other' cannot bind 127.0.0.1:TAKEN: "
        },
        {
            "node.access-log { format = json, path = \"/not/there.log\" }",
            "node.access-log.path: access log /not/there.log cannot be opened"
        },
        { "node.name = lb7", "node.name: is lb7, and this node runs with lb1; a change of it needs a restart" },
        { "store.type = redis", "store.type: is redis, and this node runs with embedded; a change of it needs a restart" },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task A_bad_file_changes_nothing_and_every_problem_is_a_line(string line, string problem)
    {
        await using var backend = RawBackend.Start();
        await using var added = RawBackend.Start("added");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var node = await ReloadedNode.StartAsync(node => node.Simple(backend.EndPoint));
        var before = await node.FingerprintAsync();

        node.Write(node.Simple(added.EndPoint) + "\n" + line.Replace("TAKEN", port, StringComparison.Ordinal));
        var (exit, output, errors) = await node.CommandAsync("reload");

        Assert.Equal((1, ""), (exit, output));
        Assert.Contains(problem.Replace("TAKEN", port, StringComparison.Ordinal), errors, StringComparison.Ordinal);
        Assert.All(errors.Split('\n'), told => Assert.StartsWith(node.File, told, StringComparison.Ordinal));
        Assert.Equal(before, await node.FingerprintAsync());
        Assert.Equal("ok", await node.AskAsync());
        Assert.Equal(["web"], (await node.GetAsync("status")).GetProperty("listeners").EnumerateArray()
            .Select(listener => listener.GetProperty("name").GetString()));
        var metrics = await node.MetricsAsync();
        Assert.Contains("clusterlb_reloads_total{result=\"refused\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("clusterlb_config_last_reload_successful 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains(await EventsAsync(node), text => text.StartsWith("configuration is not taken", StringComparison.Ordinal));

        // And what was put right is taken.
        await node.ReloadAsync(node.Simple(added.EndPoint));
        Assert.Equal("added", await node.AskAsync());
        // Metrics may be a second old.
        await Eventually.Is(async () => (await node.MetricsAsync())
            .Contains("clusterlb_config_last_reload_successful 1\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_gone_changes_nothing()
    {
        await using var backend = RawBackend.Start();
        using var node = await ReloadedNode.StartAsync(node => node.Simple(backend.EndPoint));

        File.Delete(node.File);
        node.Process.Signal(SIGHUP);

        await Eventually.Is(() => node.Process.Errors.Contains("configuration is not taken: ", StringComparison.Ordinal));
        Assert.Equal("ok", await node.AskAsync());
    }

    [Fact]
    public async Task Settings_of_the_command_line_still_win()
    {
        await using var one = RawBackend.Start("one");
        await using var two = RawBackend.Start("two");
        using var node = await ReloadedNode.StartAsync(node => node.Simple(one.EndPoint), "--set",
            $"pools.app.backends.b1.address={two.EndPoint}");

        var report = await node.ReloadAsync(node.Simple(one.EndPoint).Replace("200ms", "300ms", StringComparison.Ordinal));

        Assert.Equal(["pools.app.health.interval"], report.GetProperty("changes").EnumerateArray()
            .Select(change => change.GetProperty("key").GetString()));
        Assert.Equal("two", await node.AskAsync());
    }

    [Fact]
    public async Task The_logs_follow()
    {
        await using var backend = RawBackend.Start();
        using var node = await ReloadedNode.StartAsync(node => node.Simple(backend.EndPoint));
        var (first, second) = (node.PathOf("first.log"), node.PathOf("second.log"));
        string With(string logs) => $"{node.Simple(backend.EndPoint)}\nnode {{ {logs} }}";
        await node.AskAsync();

        await node.ReloadAsync(With($"access-log {{ format = text, path = \"{first}\" }}"));
        await node.AskAsync();
        await node.ReloadAsync(With($"access-log {{ format = json, path = \"{second}\" }}, log.format = json"));
        await node.AskAsync();
        await node.ReloadAsync(With("log.level = warning"));
        await node.AskAsync();
        node.Process.Signal(SIGHUP);
        await Eventually.Is(async () => (await node.MetricsAsync())
            .Contains("clusterlb_reloads_total{result=\"unchanged\"} 1", StringComparison.Ordinal));
        await node.ReloadAsync(With("log.level = info"));

        Assert.Single(await File.ReadAllLinesAsync(first));
        Assert.StartsWith("{\"time\":", Assert.Single(await File.ReadAllLinesAsync(second)), StringComparison.Ordinal);
        await Eventually.Is(() => node.Process.Errors.Contains("node.log.level: warning -> info", StringComparison.Ordinal));
        Assert.Contains("\"message\":\"", node.Process.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("was read again: nothing has changed", node.Process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_of_the_key_before_holds_while_both_are_given()
    {
        await using var one = RawBackend.Start("one");
        await using var two = RawBackend.Start("two");
        string With(ReloadedNode node, string keys) =>
            $"{node.Simple(one.EndPoint, two.EndPoint)}\npools.app.sticky.by = cookie\nsticky.keys = [{keys}]";
        const string Old = "{ id = k1, secret = \"0123456789abcdef\" }";
        const string New = "{ id = k2, secret = \"fedcba9876543210\" }";
        using var node = await ReloadedNode.StartAsync(node => With(node, Old));
        using var client = await RawClient.ConnectAsync(node.EndPoint);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        var first = await client.ReadAsync();
        var cookie = first.Field("Set-Cookie")!.Split(';')[0];
        Assert.Contains("=v1.k1.", cookie, StringComparison.Ordinal);

        await node.ReloadAsync(With(node, $"{New}, {Old}"));

        for (var i = 0; i < 4; i++)
        {
            await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n");
            Assert.Equal(first.Body, (await client.ReadAsync()).Body);
        }

        using var other = await RawClient.ConnectAsync(node.EndPoint);
        await other.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Contains("=v1.k2.", (await other.ReadAsync()).Field("Set-Cookie")!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_drain_that_ends_it_goes_by_the_times_of_now()
    {
        await using var backend = RawBackend.Start();
        using var node = await ReloadedNode.StartAsync(node => node.Simple(backend.EndPoint) + "\nnode.drain-delay = 10m");

        await node.ReloadAsync(node.Simple(backend.EndPoint) + "\nnode.drain-delay = 0s");
        node.Process.Terminate();

        Assert.Equal(0, await node.Process.ExitCodeAsync());
    }

    [Fact]
    public async Task A_changed_check_is_made_from_then_on()
    {
        await using var backend = RawBackend.Start(request =>
            request.Line.Contains("/well", StringComparison.Ordinal) ? Reply.Ok() : "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        string With(ReloadedNode node, string health) => node.Simple(backend.EndPoint) + $"\npools.app.health {{ {health} }}";
        using var node = await ReloadedNode.StartAsync(node => With(node, "type = http, path = /well"));
        await Eventually.Is(async () => await StateAsync(node) == "up");

        await node.ReloadAsync(With(node, "type = http, path = /ill"));
        await Eventually.Is(async () => await StateAsync(node) == "down");
        await node.ReloadAsync(With(node, "type = tcp"));

        await Eventually.Is(async () => await StateAsync(node) == "up");
    }

    [Fact]
    public async Task Who_may_only_read_may_not_reload()
    {
        await using var backend = RawBackend.Start();
        using var node = await ReloadedNode.StartAsync(node => node.Simple(backend.EndPoint)
            + "\nnode.admin { token = 0123456789abcdef, read-token = fedcba9876543210 }");

        var (exit, _, errors) = await node.CommandAsync("reload", "--token", "fedcba9876543210");

        Assert.Equal(2, exit);
        Assert.Contains("this token reads only", errors, StringComparison.Ordinal);
        Assert.Equal(0, (await node.CommandAsync("reload", "--token", "0123456789abcdef")).Exit);
    }

    private static async Task<List<string>> EventsAsync(ReloadedNode node) =>
        [.. (await node.GetAsync("events")).EnumerateArray().Select(one => one.GetProperty("text").GetString()!)];

    private static async Task<string> StateAsync(ReloadedNode node)
    {
        JsonElement pool = await node.GetAsync("pools/app");
        return pool.GetProperty("backends")[0].GetProperty("state").GetString()!;
    }
}
