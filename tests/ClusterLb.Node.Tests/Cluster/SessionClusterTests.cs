using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Redis.Tests.Servers;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Three real processes and clients whose requests hop between them: what becomes of their sessions when things die.</summary>
public sealed class SessionClusterTests
{
    private const int Sessions = 60;

    public static TheoryData<string, string> Modes =>
        new() { { "cookie", "SERVERID" }, { "app-cookie", "JSESSIONID" }, { "header", "X-User" }, { "source-ip", "unused" } };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task No_session_moves_when_a_node_is_killed_and_exactly_its_own_when_a_backend_is(string by, string name)
    {
        await using var cluster = await StartAsync(by, name);
        await using var load = new SessionLoad(cluster.Nodes, Sessions);
        await PassAsync(load, rounds: 3);
        cluster.Nodes[0].Process.Signal(NodeProcess.SIGKILL);
        await PassAsync(load, rounds: 3);
        await cluster.WholeAsync(cluster.Nodes[1], cluster.Nodes[2]);
        await PassAsync(load, rounds: 3);
        Assert.All(load.Moves, session => Assert.Equal(0, session.Value));

        var before = load.Homes;
        cluster.Backends[1].Kill();
        foreach (var node in new[] { cluster.Nodes[1], cluster.Nodes[2] })
            await cluster.EventuallyAsync(node, status => ProcessCluster.StateOf(status, "b2") == "down");
        await PassAsync(load, rounds: 3);

        Assert.All(load.Moves, session => Assert.Equal(before[session.Key] == "b2" ? 1 : 0, session.Value));
        Assert.Empty(load.Failures);
        var left = before.Values.Count(home => home == "b2");
        foreach (var node in new[] { cluster.Nodes[1], cluster.Nodes[2] })
        {
            await cluster.EventuallyAsync(node, status => status.GetProperty("pools")[0].GetProperty("backends")[1] is var b2
                && b2.GetProperty("sessions_moved").GetInt32() == left && b2.GetProperty("sessions").GetInt32() == 0);
            Assert.Matches($"clusterlb_backend_sessions_moved_total\\{{[^}}]*pool=\"app\",backend=\"b2\"\\}} {left}\n",
                (await cluster.MetricsAsync(node)).ReplaceLineEndings("\n"));
        }
    }

    [Theory]
    [InlineData("cookie", "SERVERID")]
    [InlineData("app-cookie", "JSESSIONID")]
    public async Task A_node_that_was_killed_and_is_back_at_once_takes_no_client_before_it_knows_all_sessions(string by, string name)
    {
        await using var cluster = await StartAsync(by, name);
        await using var load = new SessionLoad(cluster.Nodes, Sessions);
        await PassAsync(load, rounds: 3);

        cluster.Nodes[1].Process.Signal(NodeProcess.SIGKILL);
        await cluster.Nodes[1].Process.ExitCodeAsync();
        cluster.Start(cluster.Nodes[1]);
        await cluster.WholeAsync([.. cluster.Nodes]);
        await PassAsync(load, rounds: 3);

        Assert.All(load.Moves, session => Assert.Equal(0, session.Value));
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task With_Redis_killed_frozen_and_emptied_nothing_fails_and_no_session_moves()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync("app-cookie", "JSESSIONID", "store.type=redis",
            $"store.redis.endpoints=[\"{redis.EndPoint}\"]");
        await using var load = new SessionLoad(cluster.Nodes, Sessions);
        await PassAsync(load, rounds: 3);
        await Eventually.Is(() => IsStoredAsync(redis));

        await redis.CliAsync("flushall");
        await PassAsync(load, rounds: 3);
        await redis.FreezeAsync();
        await PassAsync(load, rounds: 3);
        await redis.ThawAsync();
        await PassAsync(load, rounds: 3);
        await redis.KillAsync();
        await PassAsync(load, rounds: 3);
        await cluster.EventuallyAsync(cluster.Nodes[2], status => !status.GetProperty("store").GetProperty("is_up").GetBoolean());
        Assert.Matches("clusterlb_store_up[^ ]* 0\n", (await cluster.MetricsAsync(cluster.Nodes[2])).ReplaceLineEndings("\n"));
        await redis.StartAsync();

        // What was lost with it is there again.
        await Eventually.Is(() => IsStoredAsync(redis));
        await Eventually.Is(async () =>
            (await redis.CliAsync("exists", "clusterlb:doc:admin", "clusterlb:doc:ring", "clusterlb:doc:monitor-term",
            "clusterlb:doc:cookie-key")).EndsWith('4'));
        Assert.All(load.Moves, session => Assert.Equal(0, session.Value));
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task With_Redis_sessions_and_drains_outlive_all_nodes()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync("app-cookie", "JSESSIONID", "store.type=redis",
            $"store.redis.endpoints=[\"{redis.EndPoint}\"]");
        await using var load = new SessionLoad(cluster.Nodes, Sessions);
        await PassAsync(load, rounds: 3);
        await cluster.PostAsync(cluster.Nodes[1], "pools/app/backends/b3/weight", "{\"weight\": 7}");
        await Eventually.Is(async () => (await redis.CliAsync("get", "clusterlb:doc:admin")).Contains("app/b3", StringComparison.Ordinal));

        using (await load.PauseAsync())
        {
            foreach (var node in cluster.Nodes) node.Process.Signal(NodeProcess.SIGKILL);
            foreach (var node in cluster.Nodes) await node.Process.ExitCodeAsync();
            foreach (var node in cluster.Nodes) cluster.Start(node);
            await cluster.WholeAsync([.. cluster.Nodes]);
        }

        await PassAsync(load, rounds: 3);
        Assert.All(load.Moves, session => Assert.Equal(0, session.Value));
        await cluster.EventuallyAsync(cluster.Nodes[0], status => status.GetProperty("pools")[0].GetProperty("backends")[2]
            .GetProperty("weight").GetDouble() == 7);
    }

    private static Task<ProcessCluster> StartAsync(string by, string name, params string[] more)
    {
        var sessions = 0;
        return ProcessCluster.StartAsync(
            backend => request => new Reply(
                $"HTTP/1.1 200 OK\r\n"
                    + (Has(request, "JSESSIONID")
                        ? ""
                        : $"Set-Cookie: JSESSIONID=s{Interlocked.Increment(ref sessions)}; Path=/\r\n")
                    + $"Content-Length: 2\r\n\r\n{backend}"),
            // A machine that is busy with other tests must not make the hash decide, nor let a client have its answer before all nodes know
            // its session.
            ["sticky.lookup-timeout=1s", "sticky.learn-timeout=1s", "sticky.move-timeout=10s",
             $"pools.app.sticky.by={by}", $"pools.app.sticky.name={name}", .. more]);
    }

    /// <summary>Two in three sessions begin elsewhere than the hash says, give or take; the others are nobody's business.</summary>
    private static async Task<bool> IsStoredAsync(RedisServer redis) =>
        int.Parse(await redis.CliAsync("dbsize"), System.Globalization.CultureInfo.InvariantCulture) >= Sessions / 3;

    private static bool Has(RecordedRequest request, string cookie) =>
        request.Values("Cookie").Any(value => value.Contains($"{cookie}=", StringComparison.Ordinal));

    private static async Task PassAsync(SessionLoad load, int rounds)
    {
        var until = load.Served + rounds * Sessions;
        await Eventually.Is(() => load.Served >= until || load.Failures.Count > 0);
        Assert.Empty(load.Failures);
    }
}
