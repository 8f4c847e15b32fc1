using System.Net;
using System.Net.Sockets;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>Real processes, real sockets, real signals.</summary>
public sealed class NodeProcessTests
{
    [Fact]
    public async Task A_node_serves_says_so_and_leaves_on_SIGTERM_with_exit_code_0()
    {
        await using var backend = RawBackend.Start("hello");
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.Run(NodeProcess.Settings(port, admin, backend.EndPoint));
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);

        Assert.Equal("hello", await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/")));
        Assert.Equal("alive\n", await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}/livez")));
        var metrics = await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}/metrics"));
        Assert.Matches("clusterlb_requests_total\\{[^}]*pool=\"app\",backend=\"b0\",code=\"200\"\\} 1", metrics);
        Assert.Contains("\"name\":\"b0\"", await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}/api/v1/status")),
            StringComparison.Ordinal);

        node.Terminate();
        Assert.Equal(0, await node.ExitCodeAsync());
        Assert.Contains("has left; 0 connections were cut off", node.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_work_is_logged_once_when_a_node_starts()
    {
        await using var backend = RawBackend.Start("hello");
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.Run([.. NodeProcess.Settings(port, admin, backend.EndPoint), "--set", "pools.app.queue.length=3"]);
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);

        node.Terminate();
        Assert.Equal(0, await node.ExitCodeAsync());
        Assert.Equal(2, node.Errors.Split("clusterlb.pools.app.queue: is never used").Length);
        Assert.Equal(2, node.Errors.Split("warning:").Length);
    }

    [Fact]
    public async Task A_node_that_drains_serves_who_still_connects_until_the_delay_is_over()
    {
        await using var backend = RawBackend.Start("hello");
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.Run([.. NodeProcess.Settings(port, admin, backend.EndPoint), "--set", "node.drain-delay=5s", "--set",
            "node.event-loops=1"]);
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);
        using var idle = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        await idle.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await idle.ReadAsync();

        node.Terminate();
        await Eventually.Is(() => node.Errors.Contains("drains: not ready", StringComparison.Ordinal));
        using var late = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        foreach (var client in new[] { idle, late })
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            var response = await client.ReadAsync();
            Assert.Equal("hello", response.Body);
            Assert.Equal("close", response.Field("Connection"));
        }

        Assert.Equal(0, await node.ExitCodeAsync());
        Assert.Contains("has left; 0 connections were cut off", node.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line_and_exit_code_1()
    {
        await using var backend = RawBackend.Start();
        await using var other = RawBackend.Start();
        using var node = NodeProcess.Run(NodeProcess.Settings(other.EndPoint.Port, FreePorts.Next(), backend.EndPoint));

        Assert.Equal(1, await node.ExitCodeAsync());
        Assert.Equal($"listener 'web' cannot bind 127.0.0.1:{other.EndPoint.Port}: the address is in use by another process",
            node.Errors.Trim());
    }

    [Fact]
    public async Task An_admin_port_in_use_is_one_clear_line_and_exit_code_1()
    {
        await using var backend = RawBackend.Start();
        using var node = NodeProcess.Run(NodeProcess.Settings(FreePorts.Next(), backend.EndPoint.Port, backend.EndPoint));

        Assert.Equal(1, await node.ExitCodeAsync());
        Assert.Contains($"admin port cannot bind 127.0.0.1:{backend.EndPoint.Port}: the address is in use by another process", node.Errors,
            StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", node.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_port_in_use_is_one_clear_line_and_exit_code_1()
    {
        await using var backend = RawBackend.Start();
        await using var other = RawBackend.Start();
        var port = other.EndPoint.Port;
        using var node = NodeProcess.Run([.. NodeProcess.Settings(FreePorts.Next(), FreePorts.Next(), backend.EndPoint),
            "--set", $"cluster.seeds=[\"127.0.0.1:{port}\"]", "--set", $"node.cluster-port={port}"]);

        Assert.Equal(1, await node.ExitCodeAsync());
        Assert.Equal($"cluster port cannot bind 127.0.0.1:{port}: the address is in use by another process", node.Errors.Trim());
    }

    [Fact]
    public async Task A_second_node_cannot_take_the_port_of_the_first_in_silence()
    {
        await using var backend = RawBackend.Start();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var first = NodeProcess.Run(NodeProcess.Settings(port, admin, backend.EndPoint));
        using var http = new HttpClient();
        await first.ReadyAsync(http, admin);

        using var second = NodeProcess.Run(NodeProcess.Settings(port, FreePorts.Next(), backend.EndPoint));

        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains("the address is in use by another process", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_backend_costs_no_GET()
    {
        await using var one = RawBackend.Start();
        await using var two = RawBackend.Start();
        await using var three = RawBackend.Start();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.Run(NodeProcess.Settings(port, admin, one.EndPoint, two.EndPoint, three.EndPoint));
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);
        var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 16).Select(_ => LoadAsync(http, port, stop.Token)).ToList();
        await Eventually.Is(() => two.Requests.Count > 200);

        two.Kill();
        var served = one.Requests.Count + three.Requests.Count;
        await Eventually.Is(() => one.Requests.Count + three.Requests.Count > served + 2_000);
        await stop.CancelAsync();

        var results = await Task.WhenAll(clients);
        Assert.Equal(0, results.Sum(result => result.Failed));
        Assert.True(results.Sum(result => result.Served) > 2_000);
    }

    [Fact]
    public async Task After_a_start_nobody_is_refused_and_the_first_backend_that_passes_does_not_get_everything()
    {
        await using var one = RawBackend.Start();
        await using var two = RawBackend.Start();
        await using var three = RawBackend.Start();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.Run([.. NodeProcess.Settings(port, admin, one.EndPoint, two.EndPoint, three.EndPoint), "--set",
            "pools.app.health.interval=5s"]);
        using var http = new HttpClient();
        await AcceptsAsync(port);

        for (var i = 0; i < 300; i++) Assert.Equal("ok", await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/")));

        Assert.All([one, two, three], backend => Assert.InRange(backend.Requests.Count, 50, 150));
        await node.ReadyAsync(http, admin);
        Assert.DoesNotContain("DOWN", node.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_is_not_ready_before_its_first_checks_have_answered()
    {
        var release = new TaskCompletionSource();
        await using var slow = RawBackend.Start(_ => Reply.Ok() with { After = release.Task });
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.Run([.. NodeProcess.Settings(port, admin, slow.EndPoint), "--set", "pools.app.health.type=http",
            "--set", "pools.app.health.timeout=1m"]);
        using var http = new HttpClient();
        await Eventually.Is(() => slow.Requests.Any(request => request.Line.Contains("/health/ready", StringComparison.Ordinal)));

        // Checks begin before the admin port listens.
        HttpStatusCode? readiness = null;
        await Eventually.Is(async () => (readiness = await NodeProcess.ReadinessAsync(http, admin)) is not null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, readiness);
        release.SetResult();

        await node.ReadyAsync(http, admin);
        Assert.Contains("b0", node.Errors, StringComparison.Ordinal);
    }

    private static async Task AcceptsAsync(int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                return;
            }
            catch (SocketException) when (attempt < 600)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private static async Task<(int Served, int Failed)> LoadAsync(HttpClient http, int port, CancellationToken stop)
    {
        var (served, failed) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/"), CancellationToken.None);
            if (response.StatusCode == HttpStatusCode.OK) served++;
            else failed++;
        }

        return (served, failed);
    }
}
