using ClusterLb.Node.Tests.Seeds;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Real processes that find each other by a real name server.</summary>
public sealed class ClusterDnsTests
{
    private const string Name = "nodes.example.org";
    private const string Service = "_clusterlb._tcp.example.org";

    [Fact]
    public async Task Nodes_wait_for_a_silent_name_server_and_notice_when_an_address_comes_to_the_name()
    {
        using var server = NameServer.Start(NameServer.Address(Name, "127.0.0.2"), NameServer.Address(Name, "127.0.0.3"));
        server.IsSilent = true;
        await using var cluster = ProcessCluster.Build();
        var port = cluster.Nodes[0].ClusterPort;
        string[] SettingsAt(string host) =>
            [$"node.host={host}", $"node.cluster-port={port}", $"cluster.seeds=[\"dns:{Name}:{port}\"]",
            $"cluster.name-servers=[\"{server.EndPoint}\"]"];
        ClusterNode[] first = [cluster.Nodes[0], cluster.Nodes[1]];
        cluster.Start(first[0], SettingsAt("127.0.0.2"));
        cluster.Start(first[1], SettingsAt("127.0.0.3"));
        foreach (var node in first)
        {
            await cluster.EventuallyAsync(node,
                _ => node.Process.Errors.Contains($"seed {Name} does not resolve: no name server answers", StringComparison.Ordinal));
        }

        server.IsSilent = false;
        await cluster.WholeAsync(first);

        server.Change(NameServer.Address(Name, "127.0.0.2"), NameServer.Address(Name, "127.0.0.3"), NameServer.Address(Name, "127.0.0.4"));
        cluster.Start(cluster.Nodes[2], SettingsAt("127.0.0.4"));
        await cluster.WholeAsync([.. cluster.Nodes]);
        foreach (var node in cluster.Nodes)
        {
            await cluster.EventuallyAsync(node,
                _ => node.Process.Errors.Contains($"seed {Name} is 127.0.0.2:{port}, 127.0.0.3:{port}, 127.0.0.4:{port}",
                StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Nodes_find_each_other_by_a_service_that_names_their_ports()
    {
        await using var cluster = ProcessCluster.Build();
        using var server = NameServer.Start([.. cluster.Nodes.Select(node => NameServer.Service(Service, "localhost", node.ClusterPort))]);
        foreach (var node in cluster.Nodes)
        {
            cluster.Start(node, "node.host=localhost", $"cluster.seeds=[\"srv:{Service}\"]",
                $"cluster.name-servers=[\"{server.EndPoint}\"]");
        }

        await cluster.WholeAsync([.. cluster.Nodes]);
    }
}
