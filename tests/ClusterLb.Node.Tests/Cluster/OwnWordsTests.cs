using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>
/// What real nodes say when something happens to their cluster: what an operator has to know, once, and nothing of a library's.
/// </summary>
public sealed partial class OwnWordsTests
{
    [Fact]
    public async Task A_kill_a_freeze_strangers_and_the_end_are_told_in_one_line_each()
    {
        await using var cluster = await ProcessCluster.StartAsync(name => _ => Reply.Ok(name));
        var (first, second, third) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);

        for (var i = 0; i < 3; i++)
        {
            await KnockAsync(first, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            await KnockAsync(first, "\u0016\u0003\u0001\u0000\u00c8\u0001\u0000\u0000\u00c4\u0003\u0003");
        }

        await cluster.EventuallyAsync(first, _ => OwnWords.Count(first, "was not let in: it speaks another protocol") > 0);

        third.Process.Signal(NodeProcess.SIGKILL);
        await SeesAsync(cluster, first, 2);
        await SeesAsync(cluster, second, 2);
        // What is so is said a moment later.
        await cluster.EventuallyAsync(first, _ => OwnWords.Count(first, "lb3 is unreachable") > 0);
        await cluster.EventuallyAsync(first, _ => OwnWords.Count(first, "lb3 was taken for dead and removed") > 0);
        OwnWords.Check(third);
        cluster.Start(third);
        await cluster.WholeAsync([.. cluster.Nodes]);

        await FreezeAsync(cluster, second, first);
        await cluster.WholeAsync([.. cluster.Nodes]);
        // A busy machine may have let it wait before, but not for so long.
        await cluster.EventuallyAsync(second, _ => StoodStill().IsMatch(second.Process.Errors));
        Assert.Single(StoodStill().Matches(second.Process.Errors));

        foreach (var node in new[] { third, second, first })
        {
            node.Process.Terminate();
            Assert.Equal(0, await node.Process.ExitCodeAsync());
        }

        Assert.Equal(1, OwnWords.Count(first, "it speaks another protocol"));
        foreach (var node in cluster.Nodes) OwnWords.Check(node);
    }

    [Fact]
    public async Task A_seed_where_something_else_listens_is_told_once_with_what_is_wrong_and_one_where_nobody_does_not_yet()
    {
        using var alien = new TcpListener(IPAddress.Loopback, 0);
        alien.Start();
        var silent = FreePorts.Next();
        var node = new ClusterNode("lb1", FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        string[] seeds = [$"127.0.0.1:{node.ClusterPort}", alien.LocalEndpoint.ToString()!, $"127.0.0.1:{silent}"];
        using var process = node.Process =
            NodeProcess.Run([.. NodeProcess.Settings(node.Port, node.Admin, new IPEndPoint(IPAddress.Loopback, 9)),
            "--set", $"node.cluster-port={node.ClusterPort}", "--set", "pools.app.health.type=none",
            "--set", $"cluster.seeds=[{string.Join(',', seeds.Select(seed => $"\"{seed}\""))}]"]);

        // As a web server answers what it does not understand.
        for (var i = 0; i < 5; i++)
        {
            using var dialled = await alien.AcceptTcpClientAsync();
            await dialled.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        }

        await Eventually.Is(() => OwnWords.Count(node, $"no connection with {alien.LocalEndpoint}") > 0);
        Assert.Equal(1, OwnWords.Count(node, $"no connection with {alien.LocalEndpoint}: what listens there is no node of this release"));
        Assert.Equal(0, OwnWords.Count(node, $"no connection with 127.0.0.1:{silent}"));
        OwnWords.Check(node);
    }

    [Fact]
    public async Task At_debug_Akka_says_what_it_saw_and_at_that_level_only()
    {
        await using var cluster = ProcessCluster.Build();
        var node = cluster.Nodes[0];
        // The other two seeds are not there, of which Akka warns.
        cluster.Start(node, "node.log.level=debug");
        await cluster.EventuallyAsync(node, _ => OwnWords.Count(node, "Akka.") > 0);

        Assert.All(OwnWords.LinesOf(node.Process.Errors).Where(line => line.Contains("Akka.", StringComparison.Ordinal)),
            line => Assert.Contains(" dbug: ", line, StringComparison.Ordinal));
    }

    /// <summary>Until the others have removed it, and for longer than a node stands still on a busy machine.</summary>
    private static async Task FreezeAsync(ProcessCluster cluster, ClusterNode frozen, ClusterNode witness)
    {
        var since = Stopwatch.StartNew();
        frozen.Process.Signal(NodeProcess.SIGSTOP);
        try
        {
            await SeesAsync(cluster, witness, 2);
            while (since.Elapsed < TimeSpan.FromSeconds(6)) await Task.Delay(25);
        }
        finally
        {
            frozen.Process.Signal(NodeProcess.SIGCONT);
        }
    }

    [GeneratedRegex(@"lb2 stood still for ([5-9]|\d{2,})\.\d s, frozen or without CPU; the others may have taken it for dead")]
    private static partial Regex StoodStill();

    private static Task SeesAsync(ProcessCluster cluster, ClusterNode node, int members) =>
        cluster.EventuallyAsync(node, status => status.GetProperty("nodes").GetArrayLength() == members);

    private static async Task KnockAsync(ClusterNode node, string bytes)
    {
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, node.ClusterPort));
        await client.SendAsync(bytes);
        await client.IsClosedAsync();
    }
}
