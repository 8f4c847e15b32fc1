using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Tests.Architecture;
using ClusterLb.Node.Tests.Cluster;
using ClusterLb.Node.Tests.Dns.Serving;
using ClusterLb.Node.Tests.Telemetry;

namespace ClusterLb.Node.Tests.Docs;

/// <summary>What <c>deploy/dns</c> has to copy is read by real servers.</summary>
public sealed class DnsExamplesTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "deploy", "dns");

    [Fact]
    public async Task Unbound_reads_its_part()
    {
        var (exit, said) = await Tool.RunAsync("unbound-checkconf", "", Path.Combine(s_folder, "unbound.conf"));

        Assert.True(exit == 0, said);
    }

    [Fact]
    public async Task The_zone_of_a_delegation_names_the_nodes_and_where_they_are()
    {
        await using var server = await Unbound.ServeAsync("example.com", Path.Combine(s_folder, "delegation.zone"));

        var referral = (await NameClient.AskAsync(server.EndPoint, "lb.example.com", RecordType.A))!;

        Assert.Equal(["lb1", "lb2", "lb3"],
            referral.Authorities.Select(record => record.Split(' ', 4)[3].Split('.')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(3, referral.Additionals.Count);
    }

    [Fact]
    public async Task The_zone_of_a_provider_has_an_address_of_each_node()
    {
        await using var server = await Unbound.ServeAsync("example.com", Path.Combine(s_folder, "round-robin.zone"));

        var answer = (await NameClient.AskAsync(server.EndPoint, "www.example.com", RecordType.A))!;

        Assert.Equal(["192.0.2.11", "192.0.2.12", "192.0.2.13"], answer.Data.Order(StringComparer.Ordinal));
    }
}
