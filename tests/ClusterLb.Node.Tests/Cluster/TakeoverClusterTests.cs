using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Three real nodes, each of which another process takes the place of, under its name and with its ports.</summary>
public sealed class TakeoverClusterTests : IDisposable
{
    private const int Sessions = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-takeover-").FullName;

    [Theory]
    [InlineData("cookie", "SERVERID")]
    [InlineData("app-cookie", "JSESSIONID")]
    [InlineData("header", "X-User")]
    public async Task Sessions_and_drains_stay_and_no_node_is_taken_for_dead(string by, string name)
    {
        await using var cluster = await StartAsync(by, name);
        await using var load = new SessionLoad(cluster.Nodes, Sessions);
        await PassAsync(load, rounds: 3);
        await cluster.PostAsync(cluster.Nodes[2], "pools/app/backends/b3/weight", "{\"weight\": 7}");

        foreach (var node in cluster.Nodes)
        {
            await UpgradeAsync(cluster, node);
            await PassAsync(load, rounds: 2);
        }

        Assert.All(load.Moves, session => Assert.Equal(0, session.Value));
        Assert.Empty(load.Failures);
        foreach (var node in cluster.Nodes)
        {
            var status = await cluster.StatusAsync(node);
            Assert.Equal(3, status.GetProperty("nodes").GetArrayLength());
            Assert.Equal(7, status.GetProperty("pools")[0].GetProperty("backends")[2].GetProperty("operator_weight").GetInt32());
            foreach (var word in new[] { "is unreachable", "taken for dead", "is named" })
                Assert.DoesNotContain(word, node.Process.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_rolling_upgrade_fails_no_request()
    {
        await using var cluster = await StartAsync("none", "unused");
        await using var load = new ClusterLoad(cluster.Nodes, clients: 6);
        foreach (var node in cluster.Nodes) await UpgradeAsync(cluster, node);

        await Eventually.Is(() => load.Served > 1_000);
        Assert.True(load.Failed == 0, load.FirstFailure);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task UpgradeAsync(ProcessCluster cluster, ClusterNode node)
    {
        using var before = cluster.Follow(node, PathOf(node), SettingOf(node));
        Assert.Equal(0, await before.ExitCodeAsync());
        await cluster.WholeAsync([.. cluster.Nodes]);
    }

    private async Task<ProcessCluster> StartAsync(string by, string name)
    {
        var sessions = 0;
        var cluster = ProcessCluster.Build(
            backend => request => new Reply(
                $"HTTP/1.1 200 OK\r\n"
                    + (request.Values("Cookie").Any(value => value.Contains("JSESSIONID=", StringComparison.Ordinal))
                        ? ""
                        : $"Set-Cookie: JSESSIONID=s{Interlocked.Increment(ref sessions)}; Path=/\r\n")
                    + $"Content-Length: 2\r\n\r\n{backend}"),
            ["sticky.lookup-timeout=1s", "sticky.learn-timeout=1s", "sticky.move-timeout=10s",
                $"pools.app.sticky.by={by}", $"pools.app.sticky.name={name}"]);
        foreach (var node in cluster.Nodes) cluster.Start(node, SettingOf(node));
        await cluster.WholeAsync([.. cluster.Nodes]);
        await Eventually.Is(() => cluster.Nodes.All(node => File.Exists(PathOf(node))));
        return cluster;
    }

    private string PathOf(ClusterNode node) => Path.Combine(_folder, $"{node.Name}.sock");

    private string SettingOf(ClusterNode node) => $"node.takeover-socket={PathOf(node)}";

    private static async Task PassAsync(SessionLoad load, int rounds)
    {
        var until = load.Served + (rounds * Sessions);
        await Eventually.Is(() => load.Served >= until || load.Failures.Count > 0);
        Assert.Empty(load.Failures);
    }
}
