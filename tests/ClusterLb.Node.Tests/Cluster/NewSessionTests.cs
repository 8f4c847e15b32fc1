using System.Net;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>
/// Sessions that an application begins while a node dies: from the second request on they are at home on every node that lives.
/// </summary>
public sealed class NewSessionTests
{
    private const int Clients = 4;

    [Fact]
    public async Task Whoever_gets_a_session_from_one_survivor_is_known_to_the_other_while_a_node_is_dying()
    {
        var begun = 0;
        await using var cluster = await ProcessCluster.StartAsync(
            backend => request => new Reply($"HTTP/1.1 200 OK\r\n"
                + (request.Values("Cookie").Any()
                    ? ""
                    : $"Set-Cookie: JSESSIONID=s{Interlocked.Increment(ref begun)}; Path=/\r\n")
                + $"Content-Length: 2\r\n\r\n{backend}"),
            "sticky.learn-timeout=1s", "sticky.lookup-timeout=1s", "pools.app.sticky.by=app-cookie", "pools.app.sticky.name=JSESSIONID");
        ClusterNode[] survivors = [cluster.Nodes[1], cluster.Nodes[2]];
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients)
            .Select(i => Task.Run(() => BeginSessionsAsync(survivors[i % 2], survivors[(i + 1) % 2], stop.Token))).ToList();
        await Eventually.Is(() => Volatile.Read(ref begun) > 50);

        // The first to start is the oldest: the coordinator of shards dies with a third of them.
        cluster.Nodes[0].Process.Signal(NodeProcess.SIGKILL);
        await cluster.WholeAsync(survivors);
        var sofar = Volatile.Read(ref begun);
        await Eventually.Is(() => Volatile.Read(ref begun) > sofar + 50);

        await stop.CancelAsync();
        Assert.Empty((await Task.WhenAll(clients)).SelectMany(strays => strays));
    }

    /// <returns>Sessions that were elsewhere with their second or third request.</returns>
    private static async Task<List<string>> BeginSessionsAsync(ClusterNode first, ClusterNode second, CancellationToken stop)
    {
        var strays = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            var cookies = new CookieContainer();
            using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, PooledConnectionLifetime = TimeSpan.Zero });
            string[] homes = [await AskAsync(http, first), await AskAsync(http, second), await AskAsync(http, first)];
            if (homes.Distinct().Count() > 1) strays.Add(string.Join(" -> ", homes));
        }

        return strays;
    }

    private static Task<string> AskAsync(HttpClient http, ClusterNode node) =>
        http.GetStringAsync(new Uri($"http://127.0.0.1:{node.Port}/"), CancellationToken.None);
}
