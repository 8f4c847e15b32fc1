using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class DrainModeTests
{
    private const int Sessions = 300;

    private readonly TestSessions _sticky = new() { By = StickyBy.Header };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_sessions_of_a_drain_of_all_leave_although_the_node_that_took_it_is_killed_at_once(bool isOldest)
    {
        await using var cluster = await TestCluster.StartAsync(TestCluster.Of(3, 3, _sticky));
        var taker = cluster.Nodes.First(node => node.View.Nodes[0].IsMonitor == isOldest);
        var others = cluster.Nodes.Where(node => node != taker).ToArray();
        await BindAsync(cluster, "b1", first: 0);

        var answer = await taker.AskAsync(new DrainBackend("app/b1", TimeSpan.FromMinutes(5)) { MovesSessions = true });
        await taker.KillAsync();

        Assert.Equal(("", true), (answer.Refusal, answer.Intent!.MovesSessions));
        await Patience.Until(() => others.All(node => CountOn(node, "b1") == 0));
        await Patience.Until(() => others.All(IsDrained));
        Assert.All(others, node => Assert.Equal(Sessions, CountOn(node, "b2") + CountOn(node, "b3")));
        Assert.All(others, node => Assert.Empty(node.Cutter.Cut));
    }

    [Fact]
    public async Task The_sessions_of_any_other_drain_stay_until_it_is_a_drain_of_all()
    {
        await using var cluster = await TestCluster.StartAsync(TestCluster.Of(2, 3, _sticky));
        await BindAsync(cluster, "b1", first: 0);
        await BindAsync(cluster, "b2", first: Sessions);

        await cluster.Nodes[0].AskAsync(new DrainBackend("app/b1", TimeSpan.FromMinutes(5)));
        await Patience.Until(() => cluster.Nodes.All(node => node.StateOf("b1") == EffectiveState.Draining));
        // Sessions of another backend are moved meanwhile, so these would have been.
        await cluster.Nodes[1].AskAsync(new DrainBackend("app/b2", TimeSpan.FromMinutes(5)) { MovesSessions = true });
        await Patience.Until(() => cluster.Nodes.All(node => CountOn(node, "b2") == 0));
        Assert.All(cluster.Nodes, node => Assert.Equal(Sessions, CountOn(node, "b1")));

        await cluster.Nodes[1].AskAsync(new DrainBackend("app/b1", TimeSpan.FromMinutes(5)) { MovesSessions = true });
        await Patience.Until(() => cluster.Nodes.All(node => CountOn(node, "b1") == 0));
    }

    private static async Task BindAsync(TestCluster cluster, string backend, int first)
    {
        var one = cluster.Nodes[0];
        var theirs = one.Pool.Find(backend)!;
        await Task.WhenAll(Enumerable.Range(first, Sessions).Select(session => one.Sessions.ClaimAsync(Bindings.Key(session), theirs)));
        await Patience.Until(() => cluster.Nodes.All(node => CountOn(node, backend) == Sessions));
    }

    private static bool IsDrained(TestClusterNode node)
    {
        LetTimePass(node);
        return node.StateOf("b1") == EffectiveState.Drained;
    }

    private static int CountOn(TestClusterNode node, string backend)
    {
        LetTimePass(node);
        return node.Commands.Sessions.List(new HashSet<ulong> { node.Pool.Find(backend)!.Key }, Sessions).Count;
    }

    /// <summary>No event loop does it here.</summary>
    private static void LetTimePass(TestClusterNode node) => node.Pool.Tick(node.Memory.Clock.NowMilliseconds);
}
