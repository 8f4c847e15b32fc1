using System.Globalization;
using Xunit.Abstractions;

namespace ClusterLb.Core.Tests.Balancing;

/// <summary>
/// How far the most loaded of 50 backends is above the average, in simulated clusters of 1 to 32 nodes that hear of each other up to 1 s
/// late. The figures of decision 0007 are what these tests print.
/// </summary>
public sealed class ClusterHerdingTests(ITestOutputHelper output)
{
    private const ulong Seed = 1_000;

    // From seed to seed the p99 of one policy differs by more than even policies do from each other where nodes are few.
    private const double Noise = 1.1;
    private const double ClearlyLess = 0.9;

    private static readonly int[] s_nodes = [1, 2, 3, 8, 32];

    private static readonly HerdingContender s_leastConnectionsPerNode = new("least-connections per node", "least-connections",
        (_, _, _) => { });
    private static readonly HerdingContender s_p2cPerNode = new("p2c per node", "p2c", (_, _, _) => { });

    // Own and all of the others', as if nobody else acted on the same reports.
    private static readonly HerdingContender s_wholeSum = new("least-connections, whole sum", "least-connections",
        (load, remote, _) => load.SetRemote(remote, 1));

    private static readonly HerdingContender s_p2c = new("p2c, ours", "p2c", (load, remote, peers) => load.SetRemote(remote, peers + 1));

    private static readonly HerdingContender s_leastConnections =
        new("least-connections, ours", "least-connections", (load, remote, peers) => load.SetRemote(remote, peers + 1));

    private static readonly HerdingContender s_hotKeyPerNode = s_leastConnectionsPerNode with
    {
        Name = "one key, bound per node",
        Policy = "consistent-hash",
        Key = 42
    };
    private static readonly HerdingContender s_hotKeyWholeSum = s_wholeSum with
    {
        Name = "one key, bound on the whole sum",
        Policy = "consistent-hash",
        Key = 42
    };
    private static readonly HerdingContender s_hotKey = s_leastConnections with
    {
        Name = "one key, ours",
        Policy = "consistent-hash",
        Key = 42
    };

    private static readonly HerdingContender[] s_contenders = [s_leastConnectionsPerNode, s_wholeSum, s_p2cPerNode, s_p2c,
        s_leastConnections];

    public static TheoryData<HerdingShape> Shapes() =>
    [
        new HerdingShape("requests of 50 ms", Service: 0.05, Each: 10, Duration: 2),
        new HerdingShape("requests of 50 ms, half of them at one node", Service: 0.05, Each: 10, Duration: 2, Skewed: true),
        new HerdingShape("calls of 1 s", Service: 1, Each: 10, Duration: 30),
        new HerdingShape("calls of 1 s, six times as many", Service: 1, Each: 60, Duration: 10),
        new HerdingShape("connections of 10 s", Service: 10, Each: 10, Duration: 150),
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Least_connections_over_the_cluster_has_the_lowest_peaks_and_p2c_gains_as_well(HerdingShape shape)
    {
        var peaks = PeaksOf(shape, s_contenders);
        double P99(HerdingContender contender, int nodes) => peaks[contender][nodes].P99;
        double Others(int nodes) => new[] { s_leastConnectionsPerNode, s_wholeSum, s_p2cPerNode }.Min(contender => P99(contender, nodes));

        Assert.Equal(peaks[s_leastConnectionsPerNode][1], peaks[s_leastConnections][1]);
        Assert.Equal(peaks[s_p2cPerNode][1], peaks[s_p2c][1]);
        Assert.All(s_nodes, nodes => Assert.InRange(P99(s_leastConnections, nodes), 1, Math.Min(Others(nodes), P99(s_p2c, nodes)) * Noise));
        Assert.All(s_nodes, nodes => Assert.InRange(P99(s_p2c, nodes), 1, P99(s_p2cPerNode, nodes) * Noise));
        Assert.InRange(P99(s_leastConnections, 32), 1, Others(32) * ClearlyLess);
        Assert.InRange(P99(s_p2c, 32), 1, Math.Min(P99(s_p2cPerNode, 32) * ClearlyLess, P99(s_wholeSum, 32)));
    }

    [Fact]
    public void The_load_bound_holds_one_hot_key_no_worse_over_the_cluster_than_per_node()
    {
        var peaks = PeaksOf(new HerdingShape("requests of 50 ms", Service: 0.05, Each: 10, Duration: 2),
            [s_hotKeyPerNode, s_hotKeyWholeSum, s_hotKey]);

        Assert.All(s_nodes, nodes => Assert.InRange(peaks[s_hotKey][nodes].P99, 1, peaks[s_hotKeyPerNode][nodes].P99 * Noise));
        Assert.InRange(peaks[s_hotKey][32].P99, 1, peaks[s_hotKeyWholeSum][32].P99 * ClearlyLess);
    }

    private Dictionary<HerdingContender, Dictionary<int, HerdingPeaks>> PeaksOf(HerdingShape shape, HerdingContender[] contenders)
    {
        var peaks = contenders.ToDictionary(
            contender => contender,
            contender => s_nodes.ToDictionary(nodes => nodes, nodes => HerdingCluster.Run(shape, contender, nodes, Seed)));
        output.WriteLine($"| {shape} | {string.Join(" | ", s_nodes.Select(nodes => $"{nodes} nodes"))} |");
        foreach (var contender in contenders)
        {
            var figures = s_nodes.Select(nodes =>
                string.Create(CultureInfo.InvariantCulture, $"{peaks[contender][nodes].P99:F2} / {peaks[contender][nodes].Max:F2}"));
            output.WriteLine($"| {contender.Name} | {string.Join(" | ", figures)} |");
        }

        return peaks;
    }
}
