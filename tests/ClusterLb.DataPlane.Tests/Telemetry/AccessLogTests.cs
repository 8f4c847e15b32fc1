using System.Text;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Telemetry;

public sealed class AccessLogTests
{
    private const string Get = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n";

    [Fact]
    public async Task A_served_request_is_one_line_that_says_all_about_it()
    {
        await using var backend = RawBackend.Start();
        var line = Assert.Single(await LinesAsync(AccessLogFormat.Json, backend, async proxy =>
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            await client.ReadAsync();
        }));

        using var json = JsonDocument.Parse(line);
        var entry = json.RootElement;
        Assert.Equal(
            ("test", "web", "127.0.0.1", "GET", "/a?b=c", "default", "app", "b1", "round-robin", "complete"),
            (Text("node"), Text("listener"), Text("client"), Text("method"), Text("target"), Text("route"), Text("pool"), Text("backend"),
                Text("decision"), Text("ended_by")));
        Assert.Equal((200L, 1L, (long)Get.Length), (Number("status"), Number("attempts"), Number("request_bytes")));
        Assert.True(Number("response_bytes") > 0 && Number("connect_us") <= Number("first_byte_us")
            && Number("first_byte_us") <= Number("total_us"));

        string? Text(string name) => entry.GetProperty(name).GetString();
        long Number(string name) => entry.GetProperty(name).GetInt64();
    }

    [Fact]
    public async Task A_client_that_resets_in_the_middle_of_its_response_ended_it()
    {
        var never = new TaskCompletionSource();
        await using var backend =
            RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") { Then = [(never.Task, "")] });
        var line = Assert.Single(await LinesAsync(AccessLogFormat.Json, backend, async proxy =>
        {
            var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            await client.ReadExactlyAsync(40);
            client.Reset();
            await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        }));

        Assert.Contains("\"ended_by\":\"client\"", line, StringComparison.Ordinal);
        never.SetResult();
    }

    [Fact]
    public async Task A_tunnel_is_logged_with_the_request_that_began_it()
    {
        await using var backend =
            RawBackend.Start(_ => new Reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            Close: true));
        using var output = new MemoryStream();
        await using (var sink = new AccessLogSink(output))
        {
            await using var proxy = TestDataPlane.StartLogged(sink, AccessLogFormat.Json,
                Configs.Listener with { Upgrades = ["websocket"] }, Configs.PoolOf(backend.EndPoint));
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync("GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            await client.ReadToEndAsync();
            client.EndSending();
            await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        }

        Assert.Contains("\"method\":\"GET\",\"target\":\"/chat\"", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_breaks_off_ended_it()
    {
        await using var backend = RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Close: true));
        var line = Assert.Single(await LinesAsync(AccessLogFormat.Json, backend, async proxy =>
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            await client.ReadToEndAsync();
        }));

        Assert.Contains("\"ended_by\":\"backend\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_text_form_says_the_same_in_words()
    {
        await using var backend = RawBackend.Start();
        var lines = await LinesAsync(AccessLogFormat.Text, backend, async proxy =>
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get + "NOT A REQUEST\r\n\r\n");
            await client.ReadToEndAsync();
        });

        Assert.Equal(2, lines.Length);
        Assert.Contains(" test web 127.0.0.1 GET /a?b=c 200 default app b1 attempts=1 ", lines[0], StringComparison.Ordinal);
        Assert.Contains(" ended_by=complete reason=-", lines[0], StringComparison.Ordinal);
        Assert.Contains(" 400 - - - attempts=0 ", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NOT A REQUEST\r\n\r\n", 400, "\"NOT A REQUEST\"")]
    [InlineData("GET /\u001b[2J\u009b31m HTTP/1.1\r\nHost: x\r\n\r\n", 400, "\"GET /\\u001b[2J\\x9b31m HTTP/1.1\"")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\n\n", 400, "\"\\u0016\\u0003\\u0001\\u0002\\u0000\"")]
    [InlineData("GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505, "\"GET / HTTP/3.0\"")]
    [InlineData("GET /a HTTP/1.1\r\n\r\n", 400, "GET /a")]
    [InlineData("TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n", 405, "\"TRACE /a HTTP/1.1\"")]
    [InlineData("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, "POST /a")]
    [InlineData("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: cake\r\n\r\n", 417, "POST /a")]
    [InlineData("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n", 413, "POST /a")]
    public async Task What_is_refused_before_it_is_understood_is_in_the_log(string request, int status, string asked)
    {
        await using var backend = RawBackend.Start();
        var listener = Configs.Listener with { Limits = Configs.Listener.Limits with { BodyBytes = 1_000 } };
        foreach (var format in new[] { AccessLogFormat.Text, AccessLogFormat.Json })
        {
            var line = Assert.Single(await LinesAsync(format, backend, listener, proxy => SendAsync(proxy, request)));
            if (format == AccessLogFormat.Json) Assert.Contains($"\"status\":{status},", line, StringComparison.Ordinal);
            else Assert.Matches($" {System.Text.RegularExpressions.Regex.Escape(asked)}.* {status} ", line);
            Assert.DoesNotContain(line, char.IsControl);
            if (format == AccessLogFormat.Json) JsonDocument.Parse(line).Dispose();
        }
    }

    [Theory]
    [InlineData("\u009b31m \u0085", "\\x9b31m \\x85")]
    [InlineData("\\x9b", "\\\\x9b")]
    [InlineData("\u00c3\u00a4\u001b\"", "ä\u001b\"")]
    public async Task JSON_says_which_byte_it_was_that_is_no_UTF8(string sent, string logged)
    {
        await using var backend = RawBackend.Start();
        var line = Assert.Single(await LinesAsync(AccessLogFormat.Json, backend, Configs.Listener,
            proxy => SendAsync(proxy, $"NO REQUEST {sent} X\r\n\r\n")));

        using var json = JsonDocument.Parse(line);
        Assert.Equal($"NO REQUEST {logged} X", json.RootElement.GetProperty("line").GetString());
    }

    [Fact]
    public async Task A_client_that_breaks_off_its_request_head_is_in_the_log()
    {
        await using var backend = RawBackend.Start();
        var line = Assert.Single(await LinesAsync(AccessLogFormat.Text, backend, Configs.Listener, async proxy =>
        {
            var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync("GET /probe HTTP/1.1\r\nHo");
            await Eventually.Is(() => proxy.Host.Read().BufferBytes > 0);
            client.Reset();
            await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        }));

        Assert.Contains(" GET /probe 499 ", line, StringComparison.Ordinal);
        Assert.Contains(" ended_by=client ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_does_not_end_is_in_the_log()
    {
        await using var backend = RawBackend.Start();
        var listener = Configs.Listener with { Timeouts = Configs.Listener.Timeouts with { RequestHead = TimeSpan.FromMilliseconds(100) } };
        var line = Assert.Single(await LinesAsync(AccessLogFormat.Text, backend, listener,
            proxy => SendAsync(proxy, "GET /slow HTTP/1.1\r\nHost: x\r\n")));

        Assert.Contains(" GET /slow 408 ", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('a')]
    [InlineData('"')]
    public async Task A_target_of_any_length_is_in_the_log_cut_where_it_is_too_long_and_marked(char filler)
    {
        await using var backend = RawBackend.Start();
        var limits = Configs.Listener.Limits with { HeadBytes = 64 * 1024, TargetBytes = 63 * 1024 };
        var target = "/" + new string(filler, 60_000);
        foreach (var format in new[] { AccessLogFormat.Text, AccessLogFormat.Json })
        {
            var line = Assert.Single(await LinesAsync(format, backend, Configs.Listener with { Limits = limits },
                proxy => SendAsync(proxy, $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
            if (format == AccessLogFormat.Text)
            {
                Assert.Contains($"{filler}\\[cut:{target.Length}] 200 ", line, StringComparison.Ordinal);
                continue;
            }

            using var json = JsonDocument.Parse(line);
            Assert.Equal(target.Length, json.RootElement.GetProperty("target_bytes").GetInt32());
            Assert.StartsWith(json.RootElement.GetProperty("target").GetString()!, target, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_target_that_is_refused_for_its_length_is_in_the_log()
    {
        await using var backend = RawBackend.Start();
        var lines = await LinesAsync(AccessLogFormat.Text, backend, Configs.Listener, async proxy =>
        {
            await SendAsync(proxy, $"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: x\r\n\r\n");
            await SendAsync(proxy, $"GET /{new string('a', 70_000)} HTTP/1.1\r\nHost: x\r\n\r\n");
            await SendAsync(proxy, $"GET /b HTTP/1.1\r\nHost: x\r\nX: {new string('a', 20_000)}\r\n\r\n");
        });

        Assert.Equal(3, lines.Length);
        Assert.All(lines[..2], line => Assert.Matches("\"GET /a+\"\\\\\\[cut:\\d+\\] 414 ", line));
        Assert.Contains(" GET /b 431 ", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_that_nobody_takes_are_counted_one_by_one()
    {
        await using var backend = RawBackend.Start();
        var sink = new AccessLogSink(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        await using (var proxy = TestDataPlane.StartLogged(sink, AccessLogFormat.Json, Configs.Listener, Configs.PoolOf(backend.EndPoint)))
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            for (var i = 0; i < 7; i++)
            {
                await client.SendAsync(Get);
                Assert.Equal(200, (await client.ReadAsync()).Status);
            }
        }

        await sink.DisposeAsync();
        Assert.Equal((0, 7), (sink.Losses.Full, sink.Losses.Failed));
    }

    private static Task SendAsync(TestDataPlane proxy, string request) => AccessLines.SendAsync(proxy, request);

    private static Task<string[]> LinesAsync(AccessLogFormat format, RawBackend backend, Func<TestDataPlane, Task> use) =>
        LinesAsync(format, backend, Configs.Listener, use);

    private static Task<string[]> LinesAsync(AccessLogFormat format, RawBackend backend, ListenerConfig listener,
        Func<TestDataPlane, Task> use) => AccessLines.OfAsync(format, backend, listener, use);
}
