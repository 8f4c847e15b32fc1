using ClusterLb.ControlPlane.Discovery;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Discovery;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Discovery;

/// <summary>Three whole control planes over real remoting, each of which could ask a source of its own.</summary>
public class DiscoveryClusterTests
{
    private const string App = "dns:app.internal:80";

    private static readonly SourceKey s_key = new("app", App);

    [Fact]
    public async Task One_node_asks_for_all_and_when_it_is_killed_another_one_does()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        foreach (var node in cluster.Nodes) await FollowAsync(node, "10.0.0.1:80", "10.0.0.2:80");
        var asker = MonitorOf(cluster.Nodes);
        List<TestClusterNode> others = [.. cluster.Nodes.Where(node => node != asker)];
        await OneAsksAsync(asker, others);

        // What only its own source has, all have.
        SourceOf(asker).Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
        await Patience.Until(() => cluster.Nodes.All(node => Names(node) == "10.0.0.1:80 10.0.0.2:80 10.0.0.3:80"));

        foreach (var other in others) SourceOf(other).Now = new NoAnswer("a name server answers ServerFailure");
        await asker.KillAsync();
        await Patience.Until(() => others.Count(node => node.View.Nodes[0].IsMonitor) == 1);
        var next = MonitorOf(others);
        await OneAsksAsync(next, [.. others.Where(node => node != next)]);
        Assert.All(others, node => Assert.Equal("10.0.0.1:80 10.0.0.2:80 10.0.0.3:80", Names(node)));

        SourceOf(next).Now = ScriptedSource.Found("10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80");
        await Patience.Until(() => others.All(node => Names(node) == "10.0.0.2:80 10.0.0.3:80 10.0.0.4:80"));
    }

    [Fact]
    public async Task A_node_that_is_cut_off_asks_for_itself_and_goes_by_the_others_word_when_it_is_back()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        foreach (var node in cluster.Nodes) await FollowAsync(node, "10.0.0.1:80");
        var asker = MonitorOf(cluster.Nodes);
        List<TestClusterNode> others = [.. cluster.Nodes.Where(node => node != asker)];
        await OneAsksAsync(asker, others);
        var alone = others[0];

        await TestCluster.CutAsync([alone], [asker, others[1]]);
        SourceOf(alone).Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.9:80");
        await Patience.Until(() => Names(alone) == "10.0.0.1:80 10.0.0.9:80");
        Assert.Equal("10.0.0.1:80", Names(asker));

        await cluster.HealAsync();
        await cluster.WholeAsync();
        await Patience.Until(() => cluster.Nodes.Count(node => node.Test.Discovery.IsTold(s_key)) == 2
            && cluster.Nodes.Select(Names).Distinct().Count() == 1);
    }

    [Fact]
    public async Task A_node_whose_source_the_others_do_not_have_asks_it_for_itself()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var asker = MonitorOf(cluster.Nodes);
        var other = cluster.Nodes.First(node => node != asker);
        await FollowAsync(other, "10.0.0.1:80");
        await Patience.Until(() => SourceOf(other).Asked > 2);
        Assert.Equal("10.0.0.1:80", Names(other));

        // A reload later the one that asks for all has it, too.
        await FollowAsync(asker, "10.0.0.2:80");
        await Patience.Until(() => Names(other) == "10.0.0.2:80");
        await OneAsksAsync(asker, [other]);
    }

    /// <summary>Questions that were under way end; then nobody else asks while one asks thrice.</summary>
    private static async Task OneAsksAsync(TestClusterNode asker, IReadOnlyList<TestClusterNode> others)
    {
        await Patience.Until(() => others.All(node => node.Test.Discovery.IsTold(s_key)) && !asker.Test.Discovery.IsTold(s_key));
        var begin = SourceOf(asker).Asked;
        await Patience.Until(() => SourceOf(asker).Asked > begin + 1);
        var (asked, before) = (SourceOf(asker).Asked, others.Select(node => SourceOf(node).Asked).ToList());
        await Patience.Until(() => SourceOf(asker).Asked > asked + 2);
        Assert.Equal(before, others.Select(node => SourceOf(node).Asked));
    }

    private static TestClusterNode MonitorOf(IEnumerable<TestClusterNode> nodes) => nodes.Single(node => node.View.Nodes[0].IsMonitor);

    private static async Task FollowAsync(TestClusterNode node, params string[] found)
    {
        node.Test.Sources[App] = new ScriptedSource { Now = ScriptedSource.Found(found) };
        var config = node.Memory.Config;
        var desired = config with { Pools = [config.Pools[0] with { Sources = [Configs.Source(App)] }] };
        await node.Test.Table.PrepareAsync(desired);
        node.Test.Table.Apply(desired);
    }

    private static ScriptedSource SourceOf(TestClusterNode node) => node.Test.Sources[App];

    private static string Names(TestClusterNode node) =>
        string.Join(' ', node.Pool.Members.Where(backend => backend.Source.Length > 0).Select(backend => backend.Name));
}
