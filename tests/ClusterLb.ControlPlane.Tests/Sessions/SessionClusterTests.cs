using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class SessionClusterTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task What_one_node_binds_all_know_and_nobody_binds_otherwise()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (one, others) = (cluster.Nodes[0], cluster.Nodes.Skip(1).ToList());

        var claimed = await one.Sessions.ClaimAsync(Bindings.Key(1), one.Pool.Members[1]);
        one.Sessions.Note(Bindings.Of(2, backend: one.Pool.Members[2].Key));

        Assert.Equal(one.Pool.Members[1].Key, claimed!.Value.Backend);
        Assert.Equal(claimed.Value.Backend,
            (await others[0].Sessions.ClaimAsync(Bindings.Key(1), others[0].Pool.Members[0]))!.Value.Backend);
        await Patience.Until(() => others.All(node => node.BackendOf(Bindings.Key(1)) == "b2" && node.BackendOf(Bindings.Key(2)) == "b3"));
    }

    [Fact]
    public async Task Claims_from_all_nodes_at_once_have_one_answer()
    {
        await using var cluster = await TestCluster.StartAsync(3);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(session => Task.WhenAll(
            cluster.Nodes.Select((node, i) => node.Sessions.ClaimAsync(Bindings.Key(session), node.Pool.Members[(session + i) % 3])))));

        Assert.All(answers, ofOne => Assert.Single(ofOne.Select(answer => answer!.Value.Backend).Distinct()));
        Assert.Equal(3, answers.Select(ofOne => ofOne[0]!.Value.Backend).Distinct().Count());
    }

    [Fact]
    public async Task A_session_that_moves_is_elsewhere_on_every_node_before_it_is_answered()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var bound = await cluster.Nodes[0].Sessions.ClaimAsync(Bindings.Key(1), cluster.Nodes[0].Pool.Members[0]);
        await Patience.Until(() => cluster.Nodes.All(node => node.BackendOf(Bindings.Key(1)) == "b1"));

        var moves = await Task.WhenAll(cluster.Nodes.Select(async node =>
        {
            var moved = await node.Sessions.MoveAsync(bound!.Value, "app");
            Assert.All(cluster.Nodes, other => Assert.Equal(moved, other.Known(Bindings.Key(1))));
            return moved!.Value;
        }));

        Assert.Equal(2u, Assert.Single(moves.Select(moved => moved.Version).Distinct()));
        Assert.Equal(3, cluster.Nodes.Sum(node => node.Commands.Sessions.Counts.Moved));
    }

    [Fact]
    public async Task A_node_killed_takes_no_binding_along_and_its_shards_find_another_home()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (dead, alive) = (cluster.Nodes[0], cluster.Nodes.Skip(1).ToArray());
        await Task.WhenAll(Enumerable.Range(0, 300)
            .Select(session => dead.Sessions.ClaimAsync(Bindings.Key(session), dead.Pool.Members[session % 3])));
        await Patience.Until(() => alive.All(node => node.Bindings.Count >= 300));

        await dead.KillAsync();
        await cluster.WholeAsync(alive);

        Assert.All(Enumerable.Range(0, 300),
            session => Assert.All(alive, node => Assert.Equal($"b{session % 3 + 1}", node.BackendOf(Bindings.Key(session)))));
        var answers = await ClaimUntilAnsweredAsync(alive[1], Enumerable.Range(0, 300), alive[1].Pool.Members[0]);
        Assert.All(answers, (answer, session) => Assert.Equal(alive[1].Pool.Members[session % 3].Key, answer.Backend));
    }

    [Fact]
    public async Task While_a_node_is_cut_off_what_an_application_begins_at_one_of_the_others_is_known_to_the_other_with_the_answer()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (one, two, cut) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        await TestCluster.CutAsync([cut], [one, two]);

        var (session, unnoticed) = (0, 0);
        await Patience.Until(async () =>
        {
            foreach (var (served, asked) in new[] { (one, two), (two, one) })
            {
                if (served.UpMembers == 3) unnoticed++;
                var key = Bindings.Key(++session);
                await served.Sessions.LearnAsync(key, served.Pool.Members[session % 3]);
                Assert.Equal($"b{session % 3 + 1}", asked.BackendOf(key));
            }

            return one.UpMembers == 2 && two.UpMembers == 2;
        });

        Assert.True(unnoticed > 0, $"the cut was noticed before the first of {session} sessions");
        await cluster.HealAsync();
        await Patience.Until(() => Enumerable.Range(1, session).All(number => cut.BackendOf(Bindings.Key(number)) == $"b{number % 3 + 1}"));
    }

    [Fact]
    public async Task A_new_node_has_all_bindings_before_it_is_ready()
    {
        const int Sessions = 100_000;
        await using var cluster = TestCluster.Of(3);
        var (old, late) = (cluster.Nodes.Take(2).ToArray(), cluster.Nodes[2]);
        foreach (var node in old) node.Start();
        await cluster.WholeAsync(old);
        foreach (var binding in Bindings.Range(0, Sessions)) old[0].Sessions.Note(binding);
        await Patience.Until(() => old.All(node => node.Bindings.Count == Sessions));

        late.Start();
        var atReady = 0;
        await Patience.Until(() =>
        {
            if (!late.Memory.IsInformed) return false;
            atReady = late.Bindings.Count;
            return true;
        });

        Assert.Equal(Sessions, atReady);
        Assert.False(late.Memory.Health.IsStale);
        Assert.Equal(0, old[0].Commands.Sessions.Counts.NotesDropped);
    }

    [Fact]
    public async Task After_its_ActorSystem_a_node_knows_what_it_knew_and_learns_what_it_missed()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (fallen, others) = (cluster.Nodes[2], cluster.Nodes.Take(2).ToArray());
        await fallen.Sessions.ClaimAsync(Bindings.Key(1), fallen.Pool.Members[0]);
        await Patience.Until(() => others.All(node => node.BackendOf(Bindings.Key(1)) == "b1"));

        await fallen.CrashAsync();
        fallen.Sessions.Note(Bindings.Of(2, backend: fallen.Pool.Members[1].Key));
        others[0].Sessions.Note(Bindings.Of(3, backend: others[0].Pool.Members[2].Key));
        Assert.Equal("b1", fallen.BackendOf(Bindings.Key(1)));
        await cluster.WholeAsync();

        await Patience.Until(() => cluster.Nodes.All(node => node.BackendOf(Bindings.Key(2)) == "b2"
            && node.BackendOf(Bindings.Key(3)) == "b3"));
        Assert.Single(await ClaimUntilAnsweredAsync(fallen, [4], fallen.Pool.Members[0]));
    }

    [Fact]
    public async Task A_node_that_leaves_hands_its_shards_over()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (leaving, staying) = (cluster.Nodes.Single(node => node.View.Nodes[0].IsMonitor),
            cluster.Nodes.Where(node => !node.View.Nodes[0].IsMonitor).ToArray());
        await Task.WhenAll(Enumerable.Range(0, 100)
            .Select(session => leaving.Sessions.ClaimAsync(Bindings.Key(session), leaving.Pool.Members[0])));
        await Patience.Until(() => staying.All(node => node.Bindings.Count >= 100));

        await leaving.LeaveAsync();

        var answers = await ClaimUntilAnsweredAsync(staying[0], Enumerable.Range(0, 100), staying[0].Pool.Members[1]);
        Assert.All(answers, answer => Assert.Equal(leaving.Pool.Members[0].Key, answer.Backend));
    }

    [Fact]
    public async Task An_actor_that_has_answered_is_gone_and_the_session_is_not()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var node = cluster.Nodes[0];
        var bound = await node.Sessions.ClaimAsync(Bindings.Key(1), node.Pool.Members[0]);

        await Patience.Until(async () => !await node.HasActorAsync(Bindings.Key(1)));

        Assert.Equal(bound!.Value.Backend, (await node.Sessions.ClaimAsync(Bindings.Key(1), node.Pool.Members[1]))!.Value.Backend);
    }

    [Fact]
    public async Task A_store_that_all_nodes_share_outlives_them()
    {
        var store = new FakeBindingStore();
        Binding moved;
        await using (var first = TestCluster.Of(1, 3, new TestSessions { Store = store }))
        {
            await TestCluster.StartAsync(first);
            var node = first.Nodes[0];
            var bound = await node.Sessions.ClaimAsync(Bindings.Key(1), node.Pool.Members[0]);
            Assert.Equal(bound, store.Bindings[Bindings.Key(1)]);
            moved = (await node.Sessions.MoveAsync(bound!.Value, "app"))!.Value;
            Assert.Equal(moved, store.Bindings[Bindings.Key(1)]);
            Assert.Equal(1, node.Commands.Sessions.Counts.ClaimedByStore);
        }

        await using var second = TestCluster.Of(1, 3, new TestSessions { Store = store });
        await TestCluster.StartAsync(second);
        var next = second.Nodes[0];
        Assert.Equal(moved, await next.Commands.Sessions.FindAsync(Bindings.Key(1), s_patience));
        Assert.Equal(moved.Version + 1, (await next.Sessions.MoveAsync(moved, "app"))!.Value.Version);
        store.IsUp = false;
        Assert.NotNull(await next.Sessions.ClaimAsync(Bindings.Key(2), next.Pool.Members[0]));
        Assert.Equal((1, 1), ((int)next.Commands.Sessions.Counts.ClaimedByActor, second.Nodes.Count));
    }

    [Fact]
    public async Task An_operator_lists_shows_evicts_and_evacuates_sessions_through_any_node()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (one, two) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (b1, b2) = (one.Pool.Members[0], one.Pool.Members[1]);
        await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(session => one.Sessions.ClaimAsync(Bindings.Key(session), session < 30 ? b1 : b2)));
        await Patience.Until(() => cluster.Nodes.All(node => node.Commands.Sessions.List(new HashSet<ulong> { b1.Key }, 100).Count == 30
            && node.Commands.Sessions.List(new HashSet<ulong> { b2.Key }, 100).Count == 10));
        Assert.Equal(5, two.Commands.Sessions.List(null, 5).Count);

        Assert.Equal(b2.Key, (await two.Commands.Sessions.FindAsync(Bindings.Key(35), s_patience))!.Value.Backend);
        Assert.True((await two.Commands.Sessions.EvictAsync(Bindings.Key(35), null, s_patience)).IsEvicted);
        Assert.All(cluster.Nodes, node => Assert.True(node.Known(Bindings.Key(35))!.Value.IsEvicted));
        Assert.False((await two.Commands.Sessions.EvictAsync(Bindings.Key(1_000), null, s_patience)).IsEvicted);
        Assert.Null(await two.Commands.Sessions.FindAsync(Bindings.Key(1_000), s_patience));

        Assert.Contains("neither draining", (await two.Commands.Sessions.EvacuateAsync("app/b1", 1_000, s_patience)).Refusal,
            StringComparison.Ordinal);
        foreach (var node in cluster.Nodes)
            node.Pool.SetAdmin(node.Pool.Members[0], AdminState.Draining, "test", node.Memory.Clock.NowMilliseconds);
        Assert.Equal("", (await two.Commands.Sessions.EvacuateAsync("app/b1", 1_000, s_patience)).Refusal);
        await Patience.Until(() => two.Commands.Sessions.Evacuation is { IsDone: true });
        Assert.Equal((30, 30, 0),
            (two.Commands.Sessions.Evacuation!.Found, two.Commands.Sessions.Evacuation.Moved, two.Commands.Sessions.Evacuation.Left));
        Assert.All(cluster.Nodes, node => Assert.Empty(node.Commands.Sessions.List(new HashSet<ulong> { b1.Key }, 100)));
    }

    [Fact]
    public async Task A_node_alone_binds_and_moves()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var node = cluster.Nodes[0];

        var bound = await node.Sessions.ClaimAsync(Bindings.Key(1), node.Pool.Members[0]);
        node.Pool.SetActive(node.Pool.Members[0], ActiveHealth.Down, "test", node.Memory.Clock.NowMilliseconds);
        var moved = await node.Sessions.MoveAsync(bound!.Value, "app");

        Assert.Equal(2u, moved!.Value.Version);
        Assert.NotEqual("b1", node.BackendOf(Bindings.Key(1)));
        Assert.Equal((1, 1), (node.Commands.Sessions.Counts.ClaimedByActor, node.Commands.Sessions.Counts.Moved));
    }

    [Fact]
    public async Task A_node_in_no_cluster_answers_that_nobody_can_say()
    {
        await using var cluster = TestCluster.Of(3);
        cluster.Nodes[0].Start();
        await Patience.Until(() => cluster.Nodes[0].Host.IsRunning);

        Assert.Null(await cluster.Nodes[0].Sessions.ClaimAsync(Bindings.Key(1), cluster.Nodes[0].Pool.Members[0]));
        Assert.Null(await cluster.Nodes[0].Sessions.MoveAsync(Bindings.Of(1), "app"));
        Assert.NotEqual("", (await cluster.Nodes[0].Commands.Sessions.EvictAsync(Bindings.Key(1), null, s_patience)).Refusal);
    }

    /// <summary>While shards look for a home what is asked of them may be lost, as everything may be.</summary>
    private static async Task<IReadOnlyList<Binding>> ClaimUntilAnsweredAsync(TestClusterNode node, IEnumerable<int> sessions,
        Backend candidate) =>
        await Task.WhenAll(sessions.Select(async session =>
        {
            for (var attempt = 0; attempt < 5; attempt++)
            {
                if (await node.Sessions.ClaimAsync(Bindings.Key(session), candidate) is { } bound) return bound;
            }

            throw new TimeoutException($"nobody answered for {Bindings.Key(session)}");
        }));
}
