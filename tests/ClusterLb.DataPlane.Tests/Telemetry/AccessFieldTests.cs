using System.Net;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Telemetry;

public sealed class AccessFieldTests
{
    private const string Get =
        "GET /a?b=c HTTP/1.1\r\nHost: Shop.example.com:8080\r\nUser-Agent: probe/1 (\"x\")\r\nReferer: http://r/\r\nX-Request-Id: 7\r\n"
        + "Connection: close\r\n\r\n";

    [Fact]
    public async Task Without_a_choice_JSON_has_the_usual_fields_under_their_names()
    {
        var log = await OfAsync(AccessLogFormat.Json, [], Get);

        // A plain success has no reason; what has nothing to say is left out.
        Assert.Equal(AccessFields.UsualNames.Except(["reason"]), log.Select(one => one.Key));
        Assert.Equal(("Shop.example.com", "HTTP/1.1", "http://r/", "probe/1 (\"x\")", "127.0.0.1", "127.0.0.1"),
            (log["host"], log["protocol"], log["referer"], log["user_agent"], log["client"], log["peer"]));
    }

    [Fact]
    public async Task Chosen_fields_are_there_alone_and_in_their_order()
    {
        string[] fields = ["status", "header:X-Request-Id", "peer_port", "node", "body_bytes"];
        var log = await OfAsync(AccessLogFormat.Json, fields, Get);

        Assert.Equal(["status", "header_x_request_id", "peer_port", "node", "body_bytes"], log.Select(one => one.Key));
        Assert.Equal(("200", "7", "2"), (log["status"], log["header_x_request_id"], log["body_bytes"]));
        await using var backend = RawBackend.Start();
        var line = Assert.Single(await AccessLines.OfAsync(AccessLogFormat.Text, fields, Configs.Listener, PoolOf(backend),
            proxy => AccessLines.SendAsync(proxy, Get)));
        Assert.Matches(@"^200 header_x_request_id=7 peer_port=\d+ test body_bytes=2$", line);
    }

    [Fact]
    public async Task Every_field_there_is_can_be_chosen()
    {
        var log = await OfAsync(AccessLogFormat.Json, [.. AccessFields.Names], Get);

        Assert.Equal(AccessFields.Names.Except(["reason"]).Order(), log.Select(one => one.Key).Order());
    }

    [Fact]
    public async Task Bytes_are_those_of_both_heads_and_contents()
    {
        const string Response = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
        const string Post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
        await using var backend = RawBackend.Start(_ => new Reply(Response));
        var sent = "";
        var line = Assert.Single(await AccessLines.OfAsync(AccessLogFormat.Json, ["request_bytes", "response_bytes", "body_bytes"],
            Configs.Listener, PoolOf(backend), async proxy =>
            {
                using var client = await RawClient.ConnectAsync(proxy.EndPoint);
                await client.SendAsync(Post);
                sent = await client.ReadToEndAsync();
            }));

        Assert.Equal($$"""{"request_bytes":{{Post.Length}},"response_bytes":{{sent.Length}},"body_bytes":10}""", line);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_client_is_whom_that_names_and_the_peer_is_the_proxy()
    {
        const string Forwarded = "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.66, 2001:db8::7\r\nConnection: close\r\n\r\n";
        string[] fields = ["client", "peer"];
        var trusting = Configs.Listener with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] };

        Assert.Equal(("2001:db8::7", "127.0.0.1"), await ClientAndPeerAsync(trusting));
        Assert.Equal(("127.0.0.1", "127.0.0.1"), await ClientAndPeerAsync(Configs.Listener));

        async Task<(string, string)> ClientAndPeerAsync(ListenerConfig listener)
        {
            var log = await OfAsync(AccessLogFormat.Json, fields, Forwarded, listener);
            return (log["client"], log["peer"]);
        }
    }

    [Fact]
    public async Task A_wait_for_a_backend_is_in_the_time_of_the_queue_and_a_kept_connection_costs_none()
    {
        var free = new TaskCompletionSource();
        await using var backend = RawBackend.Start(request => request.Line.StartsWith("GET /slow ", StringComparison.Ordinal)
            ? new Reply("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n") { Then = [(free.Task, "x")] }
            : Reply.Ok("b1"));
        var pool = PoolOf(backend);
        pool = pool with { Backends = [.. pool.Backends.Select(one => one with { MaxInFlight = 1 })] };
        var lines = await AccessLines.OfAsync(AccessLogFormat.Json, [], Configs.Listener, pool, async proxy =>
        {
            using var first = await RawClient.ConnectAsync(proxy.EndPoint);
            await first.SendAsync("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
            await Eventually.Is(() => backend.Requests.Count == 1);
            using var second = await RawClient.ConnectAsync(proxy.EndPoint);
            await second.SendAsync("GET /queued HTTP/1.1\r\nHost: x\r\n\r\n");
            await Eventually.Is(() => proxy.Host.Read().Pools.Any(one => one.Waiting == 1));
            await Task.Delay(50);
            free.SetResult();
            await second.ReadAsync();
        });

        var slow = Parse(lines.Single(line => line.Contains("/slow", StringComparison.Ordinal)));
        var queued = Parse(lines.Single(line => line.Contains("/queued", StringComparison.Ordinal)));
        Assert.Equal("0", slow["queue_us"]);
        Assert.True(Number(slow, "connect_us") > 0);
        Assert.InRange(Number(queued, "queue_us"), 45_000, Number(queued, "first_byte_us"));
        Assert.Equal("0", queued["connect_us"]);
        Assert.True(Number(queued, "first_byte_us") <= Number(queued, "total_us"));
    }

    [Fact]
    public async Task A_TCP_connection_has_the_fields_that_make_sense_for_it()
    {
        await using var backend = RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Close: true));
        var listener = Configs.Listener with { Name = "db", Protocol = ListenerProtocol.Tcp };
        var log = Parse(Assert.Single(await AccessLines.OfAsync(AccessLogFormat.Json, backend, listener,
            proxy => AccessLines.SendAsync(proxy, Get))));

        Assert.Equal(["time", "node", "listener", "client", "pool", "backend", "attempts", "decision", "peer", "request_bytes",
            "response_bytes", "queue_us", "connect_us", "first_byte_us", "total_us", "ended_by"], log.Keys);
        Assert.Equal(("db", "app", "b1", Get.Length), (log["listener"], log["pool"], log["backend"], (int)Number(log, "request_bytes")));
        Assert.True(Number(log, "connect_us") > 0 && Number(log, "response_bytes") > 0);
        Assert.InRange(Number(log, "first_byte_us"), Number(log, "connect_us"), Number(log, "total_us"));
    }

    [Fact]
    public async Task A_route_is_in_the_log_by_its_name()
    {
        var listener = Configs.Listener with { Routes = [Configs.Route with { Name = "api", PathPrefix = "/a", Pool = "app" }] };

        Assert.Equal("api", (await OfAsync(AccessLogFormat.Json, [], Get, listener))["route"]);
    }

    [Fact]
    public async Task A_tunnel_is_logged_with_the_headers_of_the_request_that_began_it()
    {
        await using var backend = RawBackend.Start(_ =>
            new Reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", Close: true));
        var line = Assert.Single(await AccessLines.OfAsync(AccessLogFormat.Json, backend,
            Configs.Listener with { Upgrades = ["websocket"] }, async proxy =>
            {
                using var client = await RawClient.ConnectAsync(proxy.EndPoint);
                await client.SendAsync(
                    "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUser-Agent: chat/2\r\n\r\n");
                await client.ReadToEndAsync();
                client.EndSending();
                await Eventually.Is(() => proxy.Host.ActiveClients == 0);
            }));

        Assert.Equal(("/chat", "chat/2"), (Parse(line)["target"], Parse(line)["user_agent"]));
    }

    [Theory]
    [InlineData(AccessLogFormat.Json)]
    [InlineData(AccessLogFormat.Text)]
    [InlineData(AccessLogFormat.Combined)]
    public async Task What_a_client_writes_into_its_headers_is_cut_and_escaped(AccessLogFormat format)
    {
        await using var backend = RawBackend.Start();
        var agent = string.Concat(Enumerable.Repeat("\"\\\u00ff\u009b", 1_000));
        var line = Assert.Single(await AccessLines.OfAsync(format, backend, Configs.Listener,
            proxy => AccessLines.SendAsync(proxy, $"GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\nConnection: close\r\n\r\n")));

        Assert.DoesNotContain(line, c => char.IsControl(c) || c > 126);
        Assert.InRange(line.Length, 512, 4_000);
        if (format == AccessLogFormat.Json) Assert.Equal("4000", Parse(line)["user_agent_bytes"]);
        if (format == AccessLogFormat.Text) Assert.Contains("\\[cut:4000]", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_line_that_clients_can_cause_fits_into_a_block()
    {
        await using var backend = RawBackend.Start();
        var limits = Configs.Listener.Limits with { HeadBytes = 64 * 1024, TargetBytes = 32 * 1024 };
        var (target, header) = (new string('\\', 9_000), new string('\\', 2_000));
        string[] fields = [.. AccessFields.UsualNames, .. Enumerable.Range(0, AccessFields.MostHeaders).Select(i => $"header:h{i}")];
        var headers = string.Concat(Enumerable.Range(0, AccessFields.MostHeaders).Select(i => $"h{i}: {header}\r\n"));
        var line = Assert.Single(await AccessLines.OfAsync(AccessLogFormat.Json, fields, Configs.Listener with { Limits = limits },
            PoolOf(backend), proxy => AccessLines.SendAsync(proxy,
                $"GET /?{target} HTTP/1.1\r\nHost: x\r\nReferer: {header}\r\nUser-Agent: {header}\r\n{headers}Connection: close\r\n\r\n")));

        Assert.InRange(line.Length, 50_000, AccessLogSink.BlockSize - 1);
        Assert.Equal("2000", Parse(line)["header_h7_bytes"]);
    }

    private static PoolConfig PoolOf(RawBackend backend) => Configs.PoolOf(backend.EndPoint);

    private static async Task<Dictionary<string, string>> OfAsync(AccessLogFormat format, string[] fields, string request,
        ListenerConfig? listener = null)
    {
        await using var backend = RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        return Parse(Assert.Single(await AccessLines.OfAsync(format, fields, listener ?? Configs.Listener, PoolOf(backend),
            proxy => AccessLines.SendAsync(proxy, request))));
    }

    private static Dictionary<string, string> Parse(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.ToString());
    }

    private static long Number(Dictionary<string, string> log, string name) =>
        long.Parse(log[name], System.Globalization.CultureInfo.InvariantCulture);
}
