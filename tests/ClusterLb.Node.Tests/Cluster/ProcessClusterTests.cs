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
        cluster.Backends[1].Kill();

        foreach (var node in survivors)
            await cluster.EventuallyAsync(node, status => ProcessCluster.StateOf(status, "b2") is "ejected" or "down");
        await cluster.WholeAsync(survivors);
        foreach (var node in survivors) await cluster.EventuallyAsync(node, status => ProcessCluster.StateOf(status, "b2") == "down");
        Assert.True(load.Failed == 0, load.FirstFailure);
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
