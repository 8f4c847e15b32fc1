using System.Globalization;
using System.Text.Json;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Three real processes, each with a file of its own, that read them again together.</summary>
public sealed class ReloadAllTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-reload-all-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task All_follow_at_one_epoch_or_none_does_and_no_request_fails()
    {
        await using var added = RawBackend.Start(_ => Reply.Ok("b4"));
        await using var cluster = await StartAsync();
        var (lb1, lb2, lb3) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        await using var load = new ClusterLoad(cluster.Nodes, clients: 6);
        await Eventually.Is(() => load.Served > 100);
        var before = await FingerprintsAsync(cluster);
        Assert.Single(before);

        // Two have the new file, one has not been given it.
        Write(lb1, $"pools.app.backends.b4.address = \"{added.EndPoint}\"");
        Write(lb2, $"pools.app.backends.b4.address = \"{added.EndPoint}\"");
        await RefusedAsync(lb1, $"lb3: pools.app.backends.b4.address is not there on lb3, and {added.EndPoint} on lb1");

        // And that one has a bad one.
        Write(lb3, "pools.app.balnce = p2c");
        await RefusedAsync(lb1, $"lb3: {FileOf(lb3)}:1: clusterlb.pools.app.balnce: unknown key");
        Assert.Equal(before, await FingerprintsAsync(cluster));

        Write(lb3, $"pools.app.backends.b4.address = \"{added.EndPoint}\"");
        var (dryExit, would, _) = await ReloadAsync(lb2, "--dry-run");
        Assert.Equal(before, await FingerprintsAsync(cluster));
        var (exit, output, errors) = await ReloadAsync(lb2);

        Assert.Equal((0, 0, ""), (dryExit, exit, errors));
        Assert.EndsWith("is not in force on lb2, lb1, lb3, epoch 1: 1 change to come", would, StringComparison.Ordinal);
        Assert.StartsWith($"pools.app.backends.b4 added: {added.EndPoint}", output, StringComparison.Ordinal);
        Assert.EndsWith("is in force on lb2, lb1, lb3, epoch 1: 1 change", output, StringComparison.Ordinal);
        foreach (var node in cluster.Nodes) await cluster.EventuallyAsync(node, status => AreAt(status, 1));
        Assert.NotEqual(before, await FingerprintsAsync(cluster));
        foreach (var node in cluster.Nodes) await cluster.EventuallyAsync(node, status => ProcessCluster.StateOf(status, "b4") == "up");
        Assert.EndsWith("epoch 1: nothing has changed", (await ReloadAsync(lb3)).Output, StringComparison.Ordinal);
        Assert.True(load.Failed == 0, load.FirstFailure);
    }

    [Fact]
    public async Task A_frozen_node_is_named_and_nobody_switches_and_one_that_was_away_comes_after()
    {
        await using var cluster = await StartAsync();
        var (lb1, lb3) = (cluster.Nodes[0], cluster.Nodes[2]);
        foreach (var node in cluster.Nodes) Write(node, "pools.app.drain-timeout = 7s");

        lb3.Process.Signal(NodeProcess.SIGSTOP);
        var (exit, _, errors) = await ReloadAsync(lb1);
        Assert.Equal(1, exit);
        // By the failure detector, or because it says nothing.
        Assert.StartsWith("lb3: ", errors, StringComparison.Ordinal);
        Assert.Matches("cannot be reached|did not answer within 10 s", errors);
        Assert.Equal("30s", await DrainTimeoutAsync(lb1));

        // Without it there are two, and they may go on.
        await cluster.WholeAsync(cluster.Nodes[0], cluster.Nodes[1]);
        await Eventually.Is(async () => (await ReloadAsync(lb1)).Exit == 0);
        lb3.Process.Signal(NodeProcess.SIGCONT);

        await cluster.WholeAsync([.. cluster.Nodes]);
        foreach (var node in cluster.Nodes) await cluster.EventuallyAsync(node, status => AreAt(status, 1));

        // One that starts with the old file stays with it, says so, and comes after when its file is right and an operator says so.
        Write(lb3, "");
        lb3.Process.Terminate();
        await lb3.Process.ExitCodeAsync();
        cluster.Start(lb3);
        await cluster.WholeAsync([.. cluster.Nodes]);
        await Eventually.Is(() => lb3.Process.Errors.Contains("does not follow the cluster to configuration", StringComparison.Ordinal));
        Write(lb3, "pools.app.drain-timeout = 7s");
        Assert.Equal(0, (await CommandAsync(lb3, "reload")).Exit);

        await cluster.EventuallyAsync(lb1, status => AreAt(status, 1));
    }

    /// <summary>On a busy machine another node may be the one that is waited for.</summary>
    private static async Task RefusedAsync(ClusterNode node, string line)
    {
        var last = "";
        try
        {
            await Eventually.Is(async () =>
            {
                var (exit, _, errors) = await ReloadAsync(node);
                last = $"exit {exit}: {errors}";
                return exit == 1 && errors.Contains(line, StringComparison.Ordinal);
            });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"it was never refused with\n{line}\nat last it was {last}");
        }
    }

    private async Task<ProcessCluster> StartAsync()
    {
        var cluster = ProcessCluster.Build();
        foreach (var node in cluster.Nodes)
        {
            Write(node, "");
            node.Arguments = ["--config", FileOf(node)];
        }

        await cluster.StartAllAsync();
        return cluster;
    }

    private string FileOf(ClusterNode node) => Path.Combine(_folder, $"{node.Name}.conf");

    private void Write(ClusterNode node, string body) => File.WriteAllText(FileOf(node), $"clusterlb {{ {body} }}");

    private static bool AreAt(JsonElement status, long epoch) => status.GetProperty("config").GetProperty("agrees").GetBoolean()
        && status.GetProperty("nodes").EnumerateArray().ToList() is { Count: 3 } nodes
        && nodes.All(node => node.GetProperty("epoch").GetInt64() == epoch);

    private static async Task<HashSet<string>> FingerprintsAsync(ProcessCluster cluster)
    {
        var statuses = await Task.WhenAll(cluster.Nodes.Select(cluster.StatusAsync));
        return [.. statuses.Select(status => status.GetProperty("config").GetProperty("fingerprint").GetString()!)];
    }

    /// <summary>In force, as a dry run of what has it otherwise says.</summary>
    private static async Task<string> DrainTimeoutAsync(ClusterNode node) =>
        (await CommandAsync(node, "reload", "--dry-run")).Output.Split(' ')[1];

    private static Task<(int Exit, string Output, string Errors)> ReloadAsync(ClusterNode node, params string[] more) =>
        CommandAsync(node, ["reload", "--all", .. more]);

    private static async Task<(int Exit, string Output, string Errors)> CommandAsync(ClusterNode node, params string[] arguments)
    {
        var admin = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{node.Admin}");
        using var command = NodeProcess.Start([.. arguments, "--admin", admin]);
        var exit = await command.ExitCodeAsync();
        return (exit, string.Join('\n', command.Output.Trim().Split('\n').Select(line => line.Trim())), command.Errors.Trim());
    }
}
