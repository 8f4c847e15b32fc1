using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Three real nodes, each of which another process takes the place of, under its name and with its ports.</summary>
public sealed class TakeoverClusterTests : IDisposable
{
    private const int Sessions = 30;

    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-takeover-").FullName;

    /// <summary>Each in a pool of its own, by path.</summary>
    private static readonly (string By, string Name)[] s_kinds =
        [("cookie", "SERVERID"), ("app-cookie", "JSESSIONID"), ("header", "X-User")];

    [Fact]
    public async Task A_rolling_upgrade_fails_no_request_moves_no_session_and_no_node_is_taken_for_dead()
    {
        await using var cluster = await StartAsync();
        await using var plain = new ClusterLoad(cluster.Nodes, clients: 3);
        await using var cookie = new SessionLoad(cluster.Nodes, Sessions, "/cookie");
        await using var appCookie = new SessionLoad(cluster.Nodes, Sessions, "/app-cookie");
        await using var header = new SessionLoad(cluster.Nodes, Sessions, "/header");
        SessionLoad[] loads = [cookie, appCookie, header];
        await PassAsync(loads, rounds: 2);
        await cluster.PostAsync(cluster.Nodes[2], "pools/app/backends/b3/weight", "{\"weight\": 7}");

        foreach (var node in cluster.Nodes)
        {
            await UpgradeAsync(cluster, node);
            await PassAsync(loads, rounds: 1);
        }

        Assert.All(loads, load => Assert.All(load.Moves, session => Assert.Equal(0, session.Value)));
        Assert.All(loads, load => Assert.Empty(load.Failures));
        await Eventually.Is(() => plain.Served > 1_000);
        Assert.True(plain.Failed == 0, plain.FirstFailure);
        foreach (var node in cluster.Nodes)
        {
            var status = await cluster.StatusAsync(node);
            Assert.Equal(3, status.GetProperty("nodes").GetArrayLength());
            var app = status.GetProperty("pools").EnumerateArray().Single(pool => pool.GetProperty("name").GetString() == "app");
            Assert.Equal(7, app.GetProperty("backends")[2].GetProperty("operator_weight").GetInt32());
            foreach (var word in new[] { "is unreachable", "taken for dead", "is named" })
                Assert.DoesNotContain(word, node.Process.Errors, StringComparison.Ordinal);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task UpgradeAsync(ProcessCluster cluster, ClusterNode node)
    {
        using var before = cluster.Follow(node, PathOf(node), SettingOf(node));
        Assert.Equal(0, await before.ExitCodeAsync());
        await cluster.WholeAsync([.. cluster.Nodes]);
    }

    private async Task<ProcessCluster> StartAsync()
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
                $"listeners.web.routes=[{string.Join(',', s_kinds.Select(kind => $"{{path-prefix=\"/{kind.By}\",pool={kind.By}}}"))}]"]);
        foreach (var (by, name) in s_kinds)
        {
            cluster.Settings.AddRange(cluster.Backends.Select((backend, i) => $"pools.{by}.backends.b{i + 1}.address={backend.EndPoint}"));
            cluster.Settings.AddRange(
                [$"pools.{by}.sticky.by={by}", $"pools.{by}.sticky.name={name}", $"pools.{by}.balance=round-robin",
                    $"pools.{by}.health.type=tcp", $"pools.{by}.health.interval=1s"]);
        }

        foreach (var node in cluster.Nodes) cluster.Start(node, SettingOf(node));
        await cluster.WholeAsync([.. cluster.Nodes]);
        await Eventually.Is(() => cluster.Nodes.All(node => File.Exists(PathOf(node))));
        return cluster;
    }

    private string PathOf(ClusterNode node) => Path.Combine(_folder, $"{node.Name}.sock");

    private string SettingOf(ClusterNode node) => $"node.takeover-socket={PathOf(node)}";

    private static async Task PassAsync(IReadOnlyList<SessionLoad> loads, int rounds)
    {
        var until = loads.Select(load => load.Served + (rounds * Sessions)).ToList();
        await Eventually.Is(() => loads.Zip(until).All(one => one.First.Served >= one.Second || one.First.Failures.Count > 0));
        Assert.All(loads, load => Assert.Empty(load.Failures));
    }
}
