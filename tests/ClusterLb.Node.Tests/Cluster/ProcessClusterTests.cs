using System.Text.Json;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Three real processes, killed, frozen and asked to leave.</summary>
public sealed class ProcessClusterTests
{
    [Fact]
    public async Task A_killed_node_costs_the_others_nothing_and_they_lose_a_dying_backend_together()
    {
        await using var cluster = await ProcessCluster.StartAsync();
        ClusterNode[] survivors = [cluster.Nodes[1], cluster.Nodes[2]];
        await using var load = new ClusterLoad(survivors, clients: 4);
        await Eventually.Is(() => load.Served > 200);

        // The first to start is the oldest, so the monitor dies with it.
        cluster.Nodes[0].Process.Signal(NodeProcess.SIGKILL);
        var killedAt = TimeProvider.System.GetUtcNow();
        cluster.Backends[1].Kill();

        foreach (var node in survivors)
            await cluster.EventuallyAsync(node, status => ProcessCluster.StateOf(status, "b2") is "ejected" or "down");
        await cluster.WholeAsync(survivors);
        foreach (var node in survivors)
        {
            await cluster.EventuallyAsync(node, status => status.GetProperty("missing_seeds").EnumerateArray().ToList() is [var seed]
                && seed.GetProperty("name").GetString() == "lb1" && !seed.GetProperty("is_reached").GetBoolean()
                && seed.GetProperty("address").GetString() == $"127.0.0.1:{cluster.Nodes[0].ClusterPort}"
                && (seed.GetProperty("last_seen").GetDateTimeOffset() - killedAt).Duration() < TimeSpan.FromSeconds(5)
                && VersionsOf(status) is [{ Length: > 0 }]);
        }

        foreach (var node in survivors) await cluster.EventuallyAsync(node, status => ProcessCluster.StateOf(status, "b2") == "down");
        Assert.True(load.Failed == 0, load.FirstFailure);
    }

    private static IReadOnlyList<string> VersionsOf(JsonElement status) =>
        [.. status.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("version").GetString()!).Distinct()];

    [Fact]
    public async Task What_a_command_has_changed_is_seen_at_once_through_the_node_that_was_asked()
    {
        await using var cluster = await ProcessCluster.StartAsync();
        var asked = cluster.Nodes[2];

        for (var round = 0; round < 5; round++)
        {
            foreach (var (said, phase) in new[] { ("draining", "draining"), ("ready", "ready") })
            {
                await cluster.PostAsync(asked, "nodes/lb2/state", $"{{\"state\":\"{said}\"}}");
                var status = await cluster.StatusAsync(asked);
                Assert.Equal(phase, status.GetProperty("nodes").EnumerateArray()
                    .Single(node => node.GetProperty("name").GetString() == "lb2").GetProperty("phase").GetString());
            }

            foreach (var (said, state) in new[] { ("maintenance", "maintenance"), ("ready", "up") })
            {
                await cluster.PostAsync(asked, "pools/app/backends/b1/state", $"{{\"state\":\"{said}\"}}");
                Assert.Equal(state, ProcessCluster.StateOf(await cluster.StatusAsync(asked), "b1"));
            }
        }
    }

    [Fact]
    public async Task A_frozen_node_is_done_without_and_comes_back_by_itself()
    {
        await using var cluster = await ProcessCluster.StartAsync();
        var frozen = cluster.Nodes[2];
        frozen.Process.Signal(NodeProcess.SIGSTOP);
        await cluster.WholeAsync(cluster.Nodes[0], cluster.Nodes[1]);

        frozen.Process.Signal(NodeProcess.SIGCONT);
        await using var load = new ClusterLoad([frozen], clients: 2);

        // It finds out that the others have done without it, and begins anew.
        await cluster.EventuallyAsync(frozen, status => status.GetProperty("control_plane").GetProperty("restarts").GetInt32() > 0);
        await cluster.WholeAsync([.. cluster.Nodes]);
        await Eventually.Is(() => load.Served > 200);
        Assert.True(load.Failed == 0, load.FirstFailure);
    }

    [Fact]
    public async Task A_rolling_restart_fails_no_request_and_nobody_is_taken_for_dead()
    {
        await using var cluster = await ProcessCluster.StartAsync();
        await using var load = new ClusterLoad(cluster.Nodes, clients: 6);
        foreach (var node in cluster.Nodes)
        {
            node.Process.Terminate();
            Assert.Equal(0, await node.Process.ExitCodeAsync());
            Assert.DoesNotContain("taken for dead", node.Process.Errors, StringComparison.Ordinal);
            cluster.Start(node);
            await cluster.WholeAsync([.. cluster.Nodes]);
        }

        await Eventually.Is(() => load.Served > 1_000);
        Assert.True(load.Failed == 0, load.FirstFailure);
    }

    [Fact]
    public async Task A_second_SIGTERM_ends_a_node_at_once()
    {
        await using var cluster = await ProcessCluster.StartAsync();
        using var http = new HttpClient();
        var stuck = http.GetAsync(new Uri($"http://127.0.0.1:{cluster.Nodes[0].Port}/"), HttpCompletionOption.ResponseHeadersRead);
        await stuck;

        cluster.Nodes[0].Process.Terminate();
        await Eventually.Is(() => cluster.Nodes[0].Process.Errors.Contains("drains", StringComparison.Ordinal));
        cluster.Nodes[0].Process.Terminate();

        Assert.Equal(0, await cluster.Nodes[0].Process.ExitCodeAsync());
    }
}
