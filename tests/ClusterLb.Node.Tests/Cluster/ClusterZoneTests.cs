using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ClusterLb.Node.Tests.Telemetry;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Real nodes that answer for themselves, asked with dig and by a real resolver, while they are killed and drained.</summary>
public sealed partial class ClusterZoneTests
{
    private const int Kill = 9;

    [Fact]
    public async Task A_node_that_is_killed_is_out_of_the_others_answers_within_5_s_and_back_when_it_is()
    {
        await using var zone = await ZoneCluster.StartAsync();
        await using var resolver = await Unbound.StartAsync(ZoneCluster.Zone, zone.Servers);
        IPEndPoint[] asked = [zone.Servers[0], zone.Servers[1], resolver.EndPoint];

        zone.Nodes[2].Process.Signal(Kill);
        var took = await UntilAsync(asked, addresses => addresses.Count == 2 && !addresses.Contains(ZoneCluster.AddressOf(2)));

        Assert.All(took.SkipLast(1), time => Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromSeconds(5)));
        // It keeps answers for a while, and may first ask the server that is gone.
        Assert.InRange(took[^1], TimeSpan.Zero, TimeSpan.FromSeconds(10));
        zone.Start(2);
        await UntilAsync(asked, addresses => addresses.Count == 3);
    }

    [Fact]
    public async Task A_node_that_drains_is_out_of_every_answer_at_once_and_back_when_it_is_ready()
    {
        await using var zone = await ZoneCluster.StartAsync("node.drain-delay=3s");
        await UntilAsync(zone.Servers, addresses => addresses.Count == 3);

        var drained = zone.Cluster.PostAsync(zone.Nodes[0], "nodes/lb2/state", """{"state":"draining"}""");
        var took = await UntilAsync(zone.Servers, addresses => !addresses.Contains(ZoneCluster.AddressOf(1)));
        await drained;
        await zone.Cluster.PostAsync(zone.Nodes[0], "nodes/lb2/state", """{"state":"ready"}""");
        await UntilAsync(zone.Servers, addresses => addresses.Count == 3);
        zone.Nodes[2].Process.Terminate();
        took = [.. took, .. await UntilAsync(zone.Servers, addresses => !addresses.Contains(ZoneCluster.AddressOf(2)))];

        Assert.All(took, time => Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromMilliseconds(300)));
        Assert.Equal(0, await zone.Nodes[2].Process.ExitCodeAsync());
    }

    [Fact]
    public async Task When_all_drain_all_are_answered_with()
    {
        await using var zone = await ZoneCluster.StartAsync();

        foreach (var name in new[] { "lb1", "lb2", "lb3" })
            await zone.Cluster.PostAsync(zone.Nodes[0], $"nodes/{name}/state", """{"state":"draining"}""");

        await UntilAsync(zone.Servers, addresses => addresses.Count == 3);
    }

    [Fact]
    public async Task A_node_whose_others_are_frozen_answers_with_itself()
    {
        const int Stop = 19;
        const int Continue = 18;
        await using var zone = await ZoneCluster.StartAsync();

        foreach (var node in new[] { 1, 2 }) zone.Nodes[node].Process.Signal(Stop);
        await UntilAsync([zone.Servers[0]], addresses => addresses.SequenceEqual([ZoneCluster.AddressOf(0)]));
        foreach (var node in new[] { 1, 2 }) zone.Nodes[node].Process.Signal(Continue);
        await UntilAsync(zone.Servers, addresses => addresses.Count == 3);
    }

    [Fact]
    public async Task Dig_understands_every_answer()
    {
        await using var zone = await ZoneCluster.StartAsync("dns.secondary-transfer=[\"127.0.0.1\"]");
        var server = zone.Servers[0];

        var answer = await DigAsync(server, ZoneCluster.Zone, "A");
        Assert.Contains("status: NOERROR", answer, StringComparison.Ordinal);
        Assert.Matches("flags: qr aa rd; QUERY: 1, ANSWER: 3, AUTHORITY: 0, ADDITIONAL: 1", answer);
        Assert.Matches("EDNS: version: 0, flags:; udp: 1232", answer);
        Assert.Matches("COOKIE: [0-9a-f]{48} \\(good\\)", answer);
        Assert.Contains("127.0.0.12", await DigAsync(server, $"LB2.{ZoneCluster.Zone}", "A", "+tcp"), StringComparison.Ordinal);
        Assert.Contains("status: NXDOMAIN", await DigAsync(server, $"lb9.{ZoneCluster.Zone}", "A"), StringComparison.Ordinal);
        Assert.Matches("status: NOERROR.*\n.*ANSWER: 0, AUTHORITY: 1", await DigAsync(server, ZoneCluster.Zone, "AAAA"));
        Assert.Contains("status: REFUSED", await DigAsync(server, "example.com", "A"), StringComparison.Ordinal);
        Assert.Contains("status: REFUSED", await DigAsync(server, "version.bind", "TXT", "-c", "CH"), StringComparison.Ordinal);
        Assert.Contains("status: BADVERS", await DigAsync(server, ZoneCluster.Zone, "A", "+edns=1", "+noednsneg"),
            StringComparison.Ordinal);
        Assert.Contains("status: NOTIMP", await DigAsync(server, ZoneCluster.Zone, "SOA", "+opcode=NOTIFY"), StringComparison.Ordinal);
        Assert.Contains("\"RFC8482\"", await DigAsync(server, ZoneCluster.Zone, "ANY", "+notcp"), StringComparison.Ordinal);
        Assert.Contains("XFR size: 11 records", await DigAsync(server, ZoneCluster.Zone, "AXFR"), StringComparison.Ordinal);
        Assert.Contains("Transfer failed", await DigAsync(server, ZoneCluster.Zone, "AXFR", "-b", "127.0.0.9"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_nodes_come_to_have_the_same_serial_and_it_grows()
    {
        await using var zone = await ZoneCluster.StartAsync();
        var before = await SerialsAsync(zone);
        await Eventually.Is(async () => (before = await SerialsAsync(zone)).Distinct().Count() == 1);

        await zone.Cluster.PostAsync(zone.Nodes[0], "nodes/lb2/state", """{"state":"draining"}""");

        await Eventually.Is(async () =>
            await SerialsAsync(zone) is var after && after.Distinct().Count() == 1 && after[0] > before[0]);
    }

    [Fact]
    public async Task What_was_asked_is_in_the_metrics()
    {
        await using var zone = await ZoneCluster.StartAsync();
        await DigAsync(zone.Servers[0], $"lb9.{ZoneCluster.Zone}", "A");

        var metrics = await zone.Cluster.MetricsAsync(zone.Nodes[0]);

        Assert.Contains("clusterlb_dns_queries_total{result=\"nxdomain\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("clusterlb_dns_malformed_total 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("clusterlb_dns_addresses{family=\"ipv4\"} 3\n", metrics, StringComparison.Ordinal);
    }

    /// <summary>Waits until each of these answers so.</summary>
    /// <returns>How long each took.</returns>
    private static Task<TimeSpan[]> UntilAsync(IEnumerable<IPEndPoint> servers, Func<IReadOnlyList<string>, bool> condition)
    {
        var began = Stopwatch.GetTimestamp();
        return Task.WhenAll(servers.Select(async server =>
        {
            await Eventually.Is(async () => await ZoneCluster.AddressesAsync(server) is { Count: > 0 } addresses && condition(addresses));
            return Stopwatch.GetElapsedTime(began);
        }));
    }

    private static async Task<List<long>> SerialsAsync(ZoneCluster zone)
    {
        var serials = new List<long>();
        foreach (var server in zone.Servers)
        {
            var serial = SerialPattern().Match(await DigAsync(server, ZoneCluster.Zone, "SOA")).Groups[1];
            serials.Add(long.Parse(serial.ValueSpan, CultureInfo.InvariantCulture));
        }

        return serials;
    }

    private static async Task<string> DigAsync(IPEndPoint server, params string[] query)
    {
        var (_, said) = await Tool.RunAsync("dig", "",
            [$"@{server.Address}", "-p", $"{server.Port}", "+time=5", "+tries=1", .. query]);
        return said;
    }

    [GeneratedRegex(@"SOA\s+\S+ \S+ (\d+) ")]
    private static partial Regex SerialPattern();
}
