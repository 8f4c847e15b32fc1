using System.Net;
using System.Text.Json;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Node.Tests.Seeds;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Three real nodes, of which one asks another name server, and gets another address for the same name.</summary>
public sealed class DifferentAnswersTests
{
    private const string Name = "app.example.org";
    private const string Warning = "nodes find different servers under this name";

    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Every_server_that_a_node_dials_is_checked_and_each_verdict_holds_where_it_is_dialled()
    {
        using var names = NameServer.Start(NameServer.Address(Name, "127.0.0.1"));
        using var others = NameServer.Start(NameServer.Address(Name, "127.0.0.2"));
        var first = At("127.0.0.1");
        var second = At("127.0.0.2");
        await using var cluster = ProcessCluster.Build();
        var (lb1, lb2, lb3) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        foreach (var node in cluster.Nodes)
        {
            cluster.Start(node, $"cluster.name-servers=[\"{(node == lb2 ? others : names).EndPoint}\"]",
                $"pools.app.backends.b1.address={Name}:{_port}");
        }

        await cluster.WholeAsync(lb1, lb2, lb3);
        var addresses = new Dictionary<string, string>
        {
            ["lb1"] = $"127.0.0.1:{_port}",
            ["lb2"] = $"127.0.0.2:{_port}",
            ["lb3"] = $"127.0.0.1:{_port}",
        };
        foreach (var node in cluster.Nodes) await SeesAsync(cluster, node, "up", addresses);

        second.Kill();
        await SeesAsync(cluster, lb2, "down", addresses);
        await SeesAsync(cluster, lb1, "up", addresses);
        await SeesAsync(cluster, lb3, "up", addresses);

        await using var secondAgain = At("127.0.0.2");
        await SeesAsync(cluster, lb2, "up", addresses);
        first.Kill();
        await SeesAsync(cluster, lb1, "down", addresses);
        await SeesAsync(cluster, lb3, "down", addresses);
        await SeesAsync(cluster, lb2, "up", addresses);
        await ToldOnceAsync(cluster);
        await PrintedAsync(lb1, "status", $"b1: lb1 127.0.0.1:{_port}, lb2 127.0.0.2:{_port}, lb3 127.0.0.1:{_port}");
        await PrintedAsync(lb2, "explain", $"lb1 127.0.0.1:{_port}, lb2 127.0.0.2:{_port}, lb3 127.0.0.1:{_port}");

        // All find one server now.
        names.Change(NameServer.Address(Name, "127.0.0.2"));
        foreach (var node in cluster.Nodes) await SeesAsync(cluster, node, "up", []);
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    private RawBackend At(string address) => RawBackend.StartAt(new IPEndPoint(IPAddress.Parse(address), _port));

    private static Task SeesAsync(ProcessCluster cluster, ClusterNode node, string state, Dictionary<string, string> addresses) =>
        cluster.EventuallyAsync(node, status =>
        {
            var backend = status.GetProperty("pools")[0].GetProperty("backends")[0];
            return backend.GetProperty("state").GetString() == state
                && Text(backend.GetProperty("address_by_node").Deserialize<Dictionary<string, string>>()!) == Text(addresses);
        });

    private static string Text(Dictionary<string, string> addresses) =>
        string.Join(", ", addresses.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}"));

    /// <summary>By every node whose server the monitor does not check, and by no other.</summary>
    private static async Task ToldOnceAsync(ProcessCluster cluster)
    {
        var monitor = "";
        await cluster.EventuallyAsync(cluster.Nodes[0], status =>
        {
            monitor = status.GetProperty("nodes").EnumerateArray().FirstOrDefault(node => node.GetProperty("is_monitor").GetBoolean())
                is { ValueKind: JsonValueKind.Object } found ? found.GetProperty("name").GetString()! : "";
            return monitor.Length > 0;
        });
        foreach (var node in cluster.Nodes)
        {
            var mustTell = (node.Name == "lb2") != (monitor == "lb2");
            if (mustTell) await Eventually.Is(() => node.Process!.Errors.Contains(Warning, StringComparison.Ordinal));
            Assert.Equal(mustTell ? 2 : 1, node.Process!.Errors.Split(Warning).Length);
        }
    }

    private static async Task PrintedAsync(ClusterNode node, string command, string part)
    {
        string[] more = command == "explain" ? ["--pool", "app"] : [];
        using var process = NodeProcess.Start([command, .. more, "--wide", "--admin", $"http://127.0.0.1:{node.Admin}"]);
        Assert.Equal(0, await process.ExitCodeAsync());
        Assert.Contains(part, process.Output, StringComparison.Ordinal);
    }
}
