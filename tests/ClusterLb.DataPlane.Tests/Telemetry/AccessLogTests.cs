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
            ("test", "web", "127.0.0.1", "GET", "/a?b=c", "default", "app", "b1", "round-robin", "complete", ""),
            (Text("node"), Text("listener"), Text("client"), Text("method"), Text("target"), Text("route"), Text("pool"), Text("backend"), Text("decision"), Text("ended-by"), Text("reason")));
        Assert.Equal((200L, 1L, (long)Get.Length), (Number("status"), Number("attempts"), Number("bytes-in")));
        Assert.True(Number("bytes-out") > 0 && Number("connect-us") <= Number("response-us") && Number("response-us") <= Number("total-us"));

        string? Text(string name) => entry.GetProperty(name).GetString();
        long Number(string name) => entry.GetProperty(name).GetInt64();
    }

    [Fact]
    public async Task A_client_that_resets_in_the_middle_of_its_response_ended_it()
    {
        var never = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") { Then = [(never.Task, "")] });
        var line = Assert.Single(await LinesAsync(AccessLogFormat.Json, backend, async proxy =>
        {
            var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            await client.ReadExactlyAsync(40);
            client.Reset();
            await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        }));

        Assert.Contains("\"ended-by\":\"client\"", line, StringComparison.Ordinal);
        never.SetResult();
    }

    [Fact]
    public async Task A_tunnel_is_logged_with_the_request_that_began_it()
    {
        await using var backend = RawBackend.Start(_ => new Reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", Close: true));
        using var output = new MemoryStream();
        await using (var sink = new AccessLogSink(output))
        {
            await using var proxy = TestDataPlane.StartLogged(sink, AccessLogFormat.Json, Configs.Listener with { Upgrades = ["websocket"] }, Configs.PoolOf(backend.EndPoint));
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

        Assert.Contains("\"ended-by\":\"backend\"", line, StringComparison.Ordinal);
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
        Assert.Contains(" ended-by=complete decision=round-robin \"\"", lines[0], StringComparison.Ordinal);
        Assert.Contains(" 400 - - - attempts=0 ", lines[1], StringComparison.Ordinal);
    }

    private static async Task<string[]> LinesAsync(AccessLogFormat format, RawBackend backend, Func<TestDataPlane, Task> use)
    {
        using var log = new MemoryStream();
        var sink = new AccessLogSink(log);
        await using (var proxy = TestDataPlane.StartLogged(sink, format, Configs.Listener, Configs.PoolOf(backend.EndPoint))) await use(proxy);
        await sink.DisposeAsync();
        return Encoding.UTF8.GetString(log.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
