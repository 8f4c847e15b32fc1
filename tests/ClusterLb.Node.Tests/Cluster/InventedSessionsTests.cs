using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using ClusterLb.Testing;
using Xunit.Abstractions;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>
/// A client that invents a value with every request, as fast as one node takes them, beside clients that live with theirs.
/// </summary>
public sealed class InventedSessionsTests(ITestOutputHelper output)
{
    private const int Capacity = 1_000;
    private const int Invented = 40_000;
    private const int Connections = 4;
    private const int Pipelined = 20;
    private const int Sessions = 30;

    [Fact]
    public async Task Values_that_one_client_invents_cost_no_actor_and_no_message_and_live_sessions_stay_even_through_a_drain()
    {
        await using var cluster = await ProcessCluster.StartAsync(
            name => _ => Reply.Ok(name), "pools.app.sticky.by=header", "pools.app.sticky.name=X-User", $"sticky.capacity={Capacity}",
                "sticky.new-per-client=0", "pools.app.drain-timeout=10m");
        await using var load = new SessionLoad(cluster.Nodes, Sessions);
        await PassAsync(load, rounds: 6);
        var (flooded, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        var memory = MemoryOf(flooded);
        using var stop = new CancellationTokenSource();
        var elsewhere = MeasureFirstUsesAsync(other, stop.Token);

        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(i => FloodAsync(flooded, i)));
        var took = Stopwatch.GetElapsedTime(began);
        await stop.CancelAsync();
        var times = (await elsewhere).Order().ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Invented / took.TotalSeconds:0} values a second; memory {memory >> 20} -> {MemoryOf(flooded) >> 20} MiB; first uses "
                + $"elsewhere: {times.Count}, p50 {times[times.Count / 2]:0.0} ms, p99 {times[times.Count * 99 / 100]:0.0} ms"));

        var metrics = await cluster.MetricsAsync(flooded);
        Assert.Equal(0, Sum(metrics, "clusterlb_session_claims_total"));
        Assert.InRange(Sum(metrics, "clusterlb_sessions_known"), Capacity / 2, 2 * Capacity + 2 * Capacity / 10);
        Assert.True(Sum(metrics, "clusterlb_sessions_displaced_total") > Capacity);
        Assert.InRange(MemoryOf(flooded) - memory, long.MinValue, 100 << 20);
        Assert.InRange(Sum(await cluster.MetricsAsync(cluster.Nodes[2]), "clusterlb_sessions_known"), 0, Sessions);

        await cluster.PostAsync(flooded, "pools/app/backends/b2/state", "{\"state\": \"draining\"}");
        foreach (var node in cluster.Nodes)
            await cluster.EventuallyAsync(node, status => ProcessCluster.StateOf(status, "b2") == "draining");
        await PassAsync(load, rounds: 6);
        Assert.All(load.Moves, session => Assert.Equal(0, session.Value));
        Assert.Contains("b2", load.Homes.Values);
        Assert.Empty(load.Failures);
    }

    private static async Task FloodAsync(ClusterNode node, int connection)
    {
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, node.Port));
        for (var sent = 0; sent < Invented / Connections; sent += Pipelined)
        {
            var requests = new StringBuilder();
            for (var i = 0; i < Pipelined; i++)
            {
                requests.Append(CultureInfo.InvariantCulture,
                    $"GET / HTTP/1.1\r\nHost: x\r\nX-User: invented-{connection}-{sent + i}\r\n\r\n");
            }

            await client.SendAsync(requests.ToString());
            for (var i = 0; i < Pipelined; i++) Assert.Equal(200, (await client.ReadAsync()).Status);
        }
    }

    private static async Task<List<double>> MeasureFirstUsesAsync(ClusterNode node, CancellationToken stop)
    {
        var times = new List<double>();
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, node.Port));
        do
        {
            var began = Stopwatch.GetTimestamp();
            await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\nX-User: new-{times.Count}\r\n\r\n");
            Assert.Equal(200, (await client.ReadAsync()).Status);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(5, CancellationToken.None);
        }
        while (!stop.IsCancellationRequested);
        return times;
    }

    private static long MemoryOf(ClusterNode node)
    {
        using var process = Process.GetProcessById(node.Process.Pid);
        return process.WorkingSet64;
    }

    private static double Sum(string metrics, string name) => metrics.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
        .Sum(line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));

    private static async Task PassAsync(SessionLoad load, int rounds)
    {
        var until = load.Served + rounds * Sessions;
        await Eventually.Is(() => load.Served >= until || load.Failures.Count > 0);
        Assert.Empty(load.Failures);
    }
}
