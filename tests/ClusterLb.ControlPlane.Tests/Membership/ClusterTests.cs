using ClusterLb.ControlPlane.Backends;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Tests.Membership;

public sealed class ClusterTests
{
    [Fact]
    public async Task Nodes_started_at_once_form_one_cluster_with_one_prober()
    {
        await using var cluster = await TestCluster.StartAsync(3);

        var probing = cluster.Nodes.ToDictionary(node => node, node => node.Paths.Asked);
        await Patience.Until(() => cluster.Nodes.Sum(node => node.Paths.Asked - probing[node]) >= 20);
        Assert.Single(cluster.Nodes, node => node.Paths.Asked > probing[node]);
        Assert.All(cluster.Nodes, node => Assert.All(node.Pool.Members, backend => Assert.Equal(EffectiveState.Up, backend.Effective)));
    }

    [Fact]
    public async Task A_seed_alone_forms_nothing_but_checks_for_itself_and_joins_when_the_others_come()
    {
        await using var cluster = TestCluster.Of(3);
        cluster.Nodes[1].Start();
        await Patience.Until(() => cluster.Nodes[1].Memory.Health.IsStale && cluster.Nodes[1].StateOf("b1") == EffectiveState.Up);
        Assert.Contains("1 of 3 seeds", cluster.Nodes[1].View.Refusal, StringComparison.Ordinal);
        Assert.Contains("1 of 3 seeds", (await cluster.Nodes[1].AskAsync(new MaintainBackend("app/b1"))).Refusal, StringComparison.Ordinal);

        cluster.Nodes[0].Start();
        cluster.Nodes[2].Start();

        await cluster.WholeAsync();
        Assert.Equal("", cluster.Nodes[1].View.Refusal);
    }

    [Fact]
    public async Task A_dead_backend_leaves_every_node_with_the_evidence_of_all()
    {
        await using var cluster = await TestCluster.StartAsync(3);

        foreach (var node in cluster.Nodes) node.Paths.Break(ProbeEnd.Refused, node.Pool.Members[1]);

        await Patience.Until(() => cluster.Nodes.All(node => node.StateOf("b2") == EffectiveState.Down));
        Assert.All(cluster.Nodes,
            node => Assert.Matches("monitor lb. ?: connect refused; witnesses lb. lb.: connect refused",
            node.Pool.ReasonOf(node.Pool.Members[1])));
    }

    [Fact]
    public async Task A_monitor_cut_off_from_all_backends_costs_nobody_else_one()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var blind = cluster.Nodes.Single(node => node.View.Nodes[0].IsMonitor);

        blind.Paths.Break(ProbeEnd.TimedOut, [.. blind.Pool.Members]);

        await Patience.Until(() => blind.Pool.Members.All(backend => backend.Effective == EffectiveState.Unreachable));
        Assert.All(cluster.Nodes.Except([blind]),
            node => Assert.All(node.Pool.Members, backend => Assert.Equal(EffectiveState.Up, backend.Effective)));
        await Patience.Until(() => cluster.Nodes.All(node => node.View.Nodes.Single(one => one.Name == blind.Name).Unreachable.Count == 3));
        blind.Paths.Mend();
        await Patience.Until(() => blind.Pool.Members.All(backend => backend.Effective == EffectiveState.Up));
    }

    [Fact]
    public async Task A_backend_that_returns_while_the_monitor_is_cut_off_from_all_comes_back_for_everybody_else()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var blind = cluster.Nodes.Single(node => node.View.Nodes[0].IsMonitor);
        var others = cluster.Nodes.Except([blind]).ToArray();
        foreach (var node in cluster.Nodes) node.Paths.Break(ProbeEnd.Refused, node.Pool.Members[1]);
        await Patience.Until(() => cluster.Nodes.All(node => node.StateOf("b2") == EffectiveState.Down));

        blind.Paths.Break(ProbeEnd.TimedOut, [.. blind.Pool.Members]);
        foreach (var node in others) node.Paths.Mend();

        await Patience.Until(() => others.All(node => node.Pool.Members.All(backend => backend.Effective == EffectiveState.Up)));
        await Patience.Until(() => blind.Pool.Members.All(backend => backend.Effective == EffectiveState.Unreachable));
        Assert.True(blind.View.Nodes[0].IsMonitor);
    }

    [Fact]
    public async Task When_the_monitors_node_dies_another_goes_on_from_its_word()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        foreach (var node in cluster.Nodes) node.Paths.Break(ProbeEnd.Refused, node.Pool.Members[0]);
        await Patience.Until(() => cluster.Nodes.All(node => node.StateOf("b1") == EffectiveState.Down));
        var dead = cluster.Nodes.Single(node => node.View.Nodes[0].IsMonitor);
        var survivors = cluster.Nodes.Except([dead]).ToArray();
        var term = survivors[0].Memory.Health.LastSnapshot.Term;

        await dead.KillAsync();
        await Patience.Until(() => survivors.All(node => node.Memory.Health.LastSnapshot.Term > term));

        Assert.All(survivors, node => Assert.Equal([EffectiveState.Down, EffectiveState.Up, EffectiveState.Up],
            node.Pool.Members.Select(backend => backend.Effective)));
        foreach (var node in survivors) node.Paths.Mend();
        await Patience.Until(() => survivors.All(node => node.StateOf("b1") == EffectiveState.Up));
    }

    [Fact]
    public async Task What_an_operator_wants_reaches_every_node_and_survives_all_but_one_of_them()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var answer = await cluster.Nodes[0].AskAsync(new MaintainBackend("app/b2"));
        Assert.Equal(("", AdminState.Maintenance), (answer.Refusal, answer.Intent!.State));
        await Patience.Until(() => cluster.Nodes.All(node => node.StateOf("b2") == EffectiveState.Maintenance));

        foreach (var node in cluster.Nodes.Take(2))
        {
            node.Memory.Admin.Intents.Clear();
            await node.CrashAsync();
            await Patience.Until(() => node.Restarts == 1 && node.Memory.Admin.Intents.ContainsKey("app/b2"));
            await cluster.WholeAsync();
        }

        Assert.All(cluster.Nodes, node => Assert.Equal(EffectiveState.Maintenance, node.StateOf("b2")));
    }

    [Fact]
    public async Task A_drain_is_over_when_no_node_has_anything_in_flight()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var far = cluster.Nodes[2].Pool.Members[0];
        Assert.True(far.TryLease(out var lease));
        await Patience.Until(() => cluster.Nodes[0].Pool.Members[0].Load.Remote == 1 && cluster.Nodes[1].Pool.Members[0].Load.Remote == 1);

        await cluster.Nodes[0].AskAsync(new DrainBackend("app/b1", TimeSpan.FromMinutes(5)));
        await Patience.Until(() => cluster.Nodes.All(node => node.StateOf("b1") == EffectiveState.Draining));
        await Patience.Until(() => cluster.Nodes.All(node => node.Memory.Admin.Drains.TryGetValue("app/b1", out var drain)
            && !drain.IsDone));
        lease.Return();

        await Patience.Until(() => cluster.Nodes.All(node => node.StateOf("b1") == EffectiveState.Drained));
        Assert.All(cluster.Nodes, node => Assert.Empty(node.Cutter.Cut));
    }

    [Fact]
    public async Task At_its_deadline_a_drain_cuts_what_is_left_where_it_is()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        Assert.True(cluster.Nodes[2].Pool.Members[0].TryLease(out _));

        await cluster.Nodes[0].AskAsync(new DrainBackend("app/b1", TimeSpan.FromSeconds(1)));

        await Patience.Until(() => cluster.Nodes.All(node => node.StateOf("b1") == EffectiveState.Drained));
        await Patience.Until(() => cluster.Nodes[0].View.Nodes.Single(node => node.Name == "lb3")
            .Drains.GetValueOrDefault("app/b1") is { IsDone: true, Cut: 1 });
        Assert.Equal(["app/b1"], cluster.Nodes[2].Cutter.Cut);
        Assert.Empty(cluster.Nodes[1].Cutter.Cut);
    }

    [Fact]
    public async Task Gauges_of_a_dead_node_vanish()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        Assert.True(cluster.Nodes[2].Pool.Members[0].TryLease(out _));
        await Patience.Until(() => cluster.Nodes[0].View.InFlightOf("app/b1") == 1);

        await cluster.Nodes[2].KillAsync();

        await Patience.Until(() => cluster.Nodes[0].Pool.Members[0].Load.Remote == 0 && cluster.Nodes[0].View.InFlightOf("app/b1") == 0);
    }

    [Fact]
    public async Task A_node_that_leaves_is_not_taken_for_dead()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var leaving = cluster.Nodes.Single(node => node.View.Nodes[0].IsMonitor);
        var staying = cluster.Nodes.Except([leaving]).ToArray();

        await leaving.LeaveAsync();

        await cluster.WholeAsync(staying);
        await Patience.Until(() => staying[0].Memory.Members.Events.Read().Any(entry => entry.Text == "has left the cluster"));
        Assert.DoesNotContain(staying[0].Memory.Members.Events.Read(),
            entry => entry.Text.Contains("taken for dead", StringComparison.Ordinal));
    }
}
