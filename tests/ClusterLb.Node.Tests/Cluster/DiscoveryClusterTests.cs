using System.Net;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Three real nodes, each with a name server of its own, so that it shows who asks.</summary>
public sealed class DiscoveryClusterTests
{
    private const string Name = "app.example.org";

    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task One_node_asks_for_all_and_when_it_is_killed_another_one_does()
    {
        ScriptedNameServer[] servers = [ScriptedNameServer.Start(), ScriptedNameServer.Start(), ScriptedNameServer.Start()];
        List<RawBackend> backends = [.. Enumerable.Range(1, 3).Select(i =>
            RawBackend.StartAt(new IPEndPoint(IPAddress.Parse($"127.0.0.{i}"), _port)))];
        await using var cluster = ProcessCluster.Build();
        foreach (var server in servers) server.Change(Records(1, 2));
        foreach (var (node, server) in cluster.Nodes.Zip(servers))
        {
            cluster.Start(node, $"cluster.name-servers=[\"{server.EndPoint}\"]", $"pools.app.backends.cloud.discover=dns:{Name}:{_port}");
        }

        await cluster.WholeAsync([.. cluster.Nodes]);
        var asker = await AskerAsync(cluster, [.. cluster.Nodes]);
        List<ClusterNode> others = [.. cluster.Nodes.Where(node => node != asker)];
        await OneAsksAsync(cluster, servers, asker);
        ServerOf(asker).Change(Records(1, 2, 3));
        foreach (var node in cluster.Nodes) await HasAsync(cluster, node, 1, 2, 3);

        asker.Process.Signal(NodeProcess.SIGKILL);
        var next = await AskerAsync(cluster, others);
        ServerOf(next).Change(Records(2, 3));
        foreach (var node in others) await HasAsync(cluster, node, 2, 3);
        await OneAsksAsync(cluster, servers, next);
        foreach (var node in others) Assert.NotNull(await ProcessCluster.AskAsync(node));

        foreach (var backend in backends) await backend.DisposeAsync();
        foreach (var server in servers) server.Dispose();

        ScriptedNameServer ServerOf(ClusterNode node) => servers[cluster.Nodes.ToList().IndexOf(node)];
    }

    private static NameRecord[] Records(params int[] numbers) => [.. numbers.Select(i => NameRecord.Address(Name, $"127.0.0.{i}"))];

    /// <summary>Questions that were under way end; then only one server is asked while it is asked four times.</summary>
    private static async Task OneAsksAsync(ProcessCluster cluster, ScriptedNameServer[] servers, ClusterNode asker)
    {
        var i = cluster.Nodes.ToList().IndexOf(asker);
        await AskedAsync(servers[i], 4);
        int[] before = [.. servers.Select(server => server.Questions.Count)];
        await AskedAsync(servers[i], 8);
        int[] after = [.. servers.Select(server => server.Questions.Count)];
        Assert.All(Enumerable.Range(0, servers.Length).Where(other => other != i), other => Assert.Equal(before[other], after[other]));
    }

    private static Task AskedAsync(ScriptedNameServer server, int more)
    {
        var count = server.Questions.Count + more;
        return Eventually.Is(() => server.Questions.Count >= count);
    }

    /// <summary>Waits until the monitor is on one of these, and asks by its own word, while all others go by another's.</summary>
    private static async Task<ClusterNode> AskerAsync(ProcessCluster cluster, IReadOnlyList<ClusterNode> nodes)
    {
        ClusterNode? found = null;
        await Eventually.Is(async () =>
        {
            var (asking, monitors) = (new List<ClusterNode>(), new List<ClusterNode>());
            foreach (var node in nodes)
            {
                var status = await cluster.StatusAsync(node);
                var source = status.GetProperty("pools")[0].GetProperty("sources")[0];
                if (!source.GetProperty("asked_by_another").GetBoolean()) asking.Add(node);
                if (status.GetProperty("nodes")[0].GetProperty("is_monitor").GetBoolean()) monitors.Add(node);
            }

            found = asking.Count == 1 && monitors.SequenceEqual(asking) ? asking[0] : null;
            return found is not null;
        });
        return found!;
    }

    private Task HasAsync(ProcessCluster cluster, ClusterNode node, params int[] numbers) => cluster.EventuallyAsync(node, status =>
        status.GetProperty("pools")[0].GetProperty("backends").EnumerateArray()
            .Where(one => one.GetProperty("source").GetString()!.Length > 0)
            .Select(one => one.GetProperty("name").GetString()).SequenceEqual(numbers.Select(i => $"127.0.0.{i}:{_port}")));
}
