using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>
/// Two of three nodes are killed and one is back: what the survivor knows counts, whether it is in a cluster that falls apart or in none.
/// </summary>
public sealed class SurvivorTests
{
    private const int Sessions = 40;

    [Theory]
    [InlineData("cookie", "SERVERID", false)]
    [InlineData("cookie", "SERVERID", true)]
    [InlineData("app-cookie", "JSESSIONID", false)]
    [InlineData("app-cookie", "JSESSIONID", true)]
    public async Task Every_session_stays_from_the_first_answer_of_the_node_that_is_back(string sticky, string name, bool isSurvivorAlone)
    {
        var begun = 0;
        await using var cluster = await ProcessCluster.StartAsync(
            backend => request => new Reply(
                $"HTTP/1.1 200 OK\r\n"
                    + (request.Values("Cookie").Any(value => value.Contains("JSESSIONID=", StringComparison.Ordinal))
                        ? ""
                        : $"Set-Cookie: JSESSIONID=s{Interlocked.Increment(ref begun)}; Path=/\r\n")
                    + $"Content-Length: 2\r\n\r\n{backend}"),
            "sticky.lookup-timeout=1s", "sticky.learn-timeout=1s", "sticky.move-timeout=10s", $"pools.app.sticky.by={sticky}",
                $"pools.app.sticky.name={name}");
        await using var load = new SessionLoad(cluster.Nodes, Sessions);
        await PassAsync(load);

        foreach (var dead in cluster.Nodes.Take(2)) dead.Process.Signal(NodeProcess.SIGKILL);
        foreach (var dead in cluster.Nodes.Take(2)) await dead.Process.ExitCodeAsync();
        var survivor = cluster.Nodes[2];
        // It is a member of the old cluster until it finds that it holds no majority, and begins anew.
        if (isSurvivorAlone)
        {
            await cluster.EventuallyAsync(survivor, status => status.GetProperty("control_plane") is var plane
                && plane.GetProperty("restarts").GetInt32() > 0 && plane.GetProperty("running").GetBoolean());
        }

        cluster.Start(cluster.Nodes[1]);
        await cluster.WholeAsync(cluster.Nodes[1], survivor);
        await PassAsync(load);

        Assert.True(load.Moves.Values.All(moves => moves == 0),
            $"{load.Moves.Values.Count(moves => moves > 0)} sessions moved\n{cluster.Nodes[1].Process.Errors}\n{survivor.Process.Errors}");
        Assert.Empty(load.Failures);
    }

    private static async Task PassAsync(SessionLoad load)
    {
        var until = load.Served + 4 * Sessions;
        await Eventually.Is(() => load.Served >= until || load.Failures.Count > 0);
        Assert.Empty(load.Failures);
    }
}
