using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class AdminStateActorTests : ClusterOfOne
{
    private readonly TestMemory _test = new(TimeProvider.System, TestMemory.PoolOf(2, Configs.Pool.Health));
    private readonly TestNode _node = new();
    private readonly TestProbe _backends;
    private readonly TestProbe _other;

    public AdminStateActorTests() => (_backends, _other) = (CreateTestProbe(), CreateTestProbe());

    [Fact]
    public async Task A_command_is_refused_until_this_node_is_in_a_cluster_and_then_reaches_everybody()
    {
        var admin = Start();
        admin.Tell(new MaintainBackend("app/b1"), TestActor);
        Assert.Contains("in no cluster", (await ExpectMsgAsync<BackendAnswer>()).Refusal, StringComparison.Ordinal);

        await JoinAsync();
        admin.Tell(new MaintainBackend("app/b1"), TestActor);

        var answer = await ExpectMsgAsync<BackendAnswer>();
        Assert.Equal(("", AdminState.Maintenance), (answer.Refusal, answer.Intent!.State));
        Assert.Equal(answer.Intent, await _backends.ExpectMsgAsync<AdminIntent>());
        Assert.Equal(answer.Intent, await _other.ExpectMsgAsync<AdminIntent>());
    }

    [Fact]
    public async Task What_another_node_was_told_is_taken_on_if_it_is_newer()
    {
        await JoinAsync();
        var admin = Start();
        admin.Tell(Intent(5, AdminState.Draining));
        admin.Tell(Intent(4, AdminState.Ready));
        admin.Tell(new AdminStateTold([Intent(5, AdminState.Draining), Intent(6, AdminState.Maintenance)]));

        Assert.Equal(AdminState.Draining, (await _backends.ExpectMsgAsync<AdminIntent>()).State);
        Assert.Equal(AdminState.Maintenance, (await _backends.ExpectMsgAsync<AdminIntent>()).State);
        Assert.Equal(6, _test.Memory.Admin.Intents["app/b1"].Version);
        Assert.Equal(AdminDigest.Of(_test.Memory.Admin.Intents.Values), _test.Memory.Admin.Digest);
    }

    [Fact]
    public async Task Whoever_reports_another_digest_is_told_everything_and_who_reports_the_same_or_none_is_not()
    {
        var admin = Start();
        foreach (var version in Enumerable.Range(1, 1_500))
            admin.Tell(Intent(version, AdminState.Maintenance) with { Backend = $"app/b{version}" });
        await AwaitAssertAsync(() => Assert.Equal(1_500, _test.Memory.Admin.Intents.Count));

        admin.Tell(Report(null));
        admin.Tell(Report(_test.Memory.Admin.Digest));
        admin.Tell(Report(0));

        Assert.Equal(1_000, (await _other.ExpectMsgAsync<AdminStateTold>()).Intents.Count);
        Assert.Equal(500, (await _other.ExpectMsgAsync<AdminStateTold>()).Intents.Count);
        await _other.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task A_node_that_heard_of_a_drain_without_its_mode_is_told_it()
    {
        var drain = Intent(5, AdminState.Draining);
        var admin = Start();
        admin.Tell(drain);
        admin.Tell(drain with { MovesSessions = true });
        await AwaitAssertAsync(() => Assert.True(_test.Memory.Admin.Intents["app/b1"].MovesSessions));

        admin.Tell(drain);
        admin.Tell(Report(_test.Memory.Admin.Digest) with { ModesDigest = _test.Memory.Admin.ModesDigest });
        admin.Tell(Report(_test.Memory.Admin.Digest) with { ModesDigest = 0 });

        Assert.True((await _other.ExpectMsgAsync<AdminStateTold>()).Intents[0].MovesSessions);
        await _other.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Two_nodes_that_know_different_things_know_the_same_once_each_has_heard_the_other()
    {
        var other = new TestMemory(TimeProvider.System, TestMemory.PoolOf(2, Configs.Pool.Health));
        var (one, two) = (Start(), Start(other, "second"));
        one.Tell(Intent(5, AdminState.Maintenance));
        one.Tell(Intent(7, AdminState.Draining) with { Backend = "app/b2" });
        two.Tell(Intent(6, AdminState.Ready));
        await AwaitAssertAsync(() => Assert.Equal((2, 1), (_test.Memory.Admin.Intents.Count, other.Memory.Admin.Intents.Count)));

        one.Tell(Report(other.Memory.Admin.Digest));
        two.Tell(await _other.ExpectMsgAsync<AdminStateTold>());
        two.Tell(Report(_test.Memory.Admin.Digest));
        one.Tell(await _other.ExpectMsgAsync<AdminStateTold>());

        await AwaitAssertAsync(() => Assert.Equal(other.Memory.Admin.Digest, _test.Memory.Admin.Digest));
        Assert.Equal([6, 7], _test.Memory.Admin.Intents.Values.Select(intent => intent.Version).Order());
        Assert.Equal(_test.Memory.Admin.Intents.ToDictionary(), other.Memory.Admin.Intents.ToDictionary());
    }

    [Fact]
    public async Task Admin_state_is_known_when_all_who_can_be_reached_know_the_same_and_the_pools_go_by_it()
    {
        var admin = Start();
        _test.Memory.Members.HasLookedAround = true;
        Hear(0xBAD);
        await StaysUnknownAsync();

        var drain = Intent(5, AdminState.Draining);
        admin.Tell(drain);
        await _backends.ExpectMsgAsync<AdminIntent>();
        Hear(AdminDigest.Of(drain));
        await StaysUnknownAsync();

        _test.Pool.SetAdmin(_test.Pool.Members[0], AdminState.Drained, "a test", 0);
        await AwaitAssertAsync(() => Assert.True(_test.Memory.Admin.IsKnown));
    }

    [Fact]
    public async Task Admin_state_is_not_known_while_homes_have_not_settled()
    {
        var test = new TestMemory(TimeProvider.System,
            TestMemory.PoolOf(2, Configs.Pool.Health) with { Sticky = Configs.Sticky with { By = StickyBy.Header, Name = "X-User" } });
        var now = test.Memory.Clock.NowMilliseconds;
        test.Pool.SetWeight(test.Pool.Members[0], 0, "a test", now);
        test.Memory.Members.HasLookedAround = true;
        var weighed = Intent(5, AdminState.Ready) with { Weight = 0 };
        test.Memory.Members.Peers[_other.Ref.Path.Address.ToString()] = new PeerReport(Report(AdminDigest.Of(weighed)), 0);

        Start(test, "first").Tell(weighed);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(300));
        Assert.False(test.Memory.Admin.IsKnown);

        test.Pool.Tick(now + Homes.SettlingMilliseconds);
        await AwaitAssertAsync(() => Assert.True(test.Memory.Admin.IsKnown));
    }

    [Fact]
    public async Task Admin_state_is_not_known_before_the_store_has_told_and_seeds_have_been_looked_for()
    {
        _test.Memory.Store.IsRead = false;
        var admin = Start();
        Hear(0);
        await StaysUnknownAsync();

        admin.Tell(new AdminStateTold([Intent(5, AdminState.Ready)]));
        _test.Memory.Store.IsRead = true;
        Hear(AdminDigest.Of(Intent(5, AdminState.Ready)));
        await StaysUnknownAsync();

        _test.Memory.Members.HasLookedAround = true;
        await AwaitAssertAsync(() => Assert.True(_test.Memory.Admin.IsKnown));
        Assert.Equal(5, _test.Memory.Admin.Intents["app/b1"].Version);
    }

    [Fact]
    public async Task An_operator_drains_this_node_which_others_remind_it_of_after_a_restart_until_it_is_made_ready()
    {
        var admin = Start();
        admin.Tell(new NodeCommand(IsDrain: true), TestActor);
        Assert.Equal("draining", (await ExpectMsgAsync<NodeCommandDone>()).Phase);
        var told = await _other.ExpectMsgAsync<AdminIntent>();

        var (restarted, memory) = (new TestNode(), new TestMemory(TimeProvider.System, TestMemory.PoolOf(2, Configs.Pool.Health)));
        var second = Start(memory, "second", restarted);
        second.Tell(new AdminStateTold([told, told with { Backend = AdminIntent.OfNode("another"), State = AdminState.Ready }]));
        await AwaitAssertAsync(() => Assert.Equal("draining", restarted.Phase));
        second.Tell(new NodeCommand(IsDrain: false), TestActor);

        Assert.Equal("ready", (await ExpectMsgAsync<NodeCommandDone>()).Phase);
        Assert.Equal(AdminState.Ready, (await _other.ExpectMsgAsync<AdminIntent>()).State);
        Assert.Equal(["drained by an operator", "made ready by an operator"],
            memory.Memory.Members.Events.Read().Select(entry => entry.Text));
    }

    [Fact]
    public async Task A_command_that_follows_another_before_most_nodes_know_loses_nothing_of_it()
    {
        await JoinAsync();
        var admin = Start();

        admin.Tell(new DrainBackend("app/b1", TimeSpan.FromHours(1)), TestActor);
        admin.Tell(new WeighBackend("app/b1", 5), TestActor);

        var drained = (await ExpectMsgAsync<BackendAnswer>()).Intent!;
        var weighed = (await ExpectMsgAsync<BackendAnswer>()).Intent!;
        Assert.Equal(AdminState.Draining, drained.State);
        Assert.Equal(drained with { Weight = 5, Version = weighed.Version }, weighed);
        await AwaitAssertAsync(() => Assert.Equal(weighed, _test.Memory.Admin.Intents["app/b1"]));
    }

    [Fact]
    public async Task A_command_given_twice_in_a_row_is_one_intent_and_answered_twice()
    {
        await JoinAsync();
        var admin = Start();

        admin.Tell(new MaintainBackend("app/b1"), TestActor);
        admin.Tell(new MaintainBackend("app/b1"), TestActor);

        var first = await ExpectMsgAsync<BackendAnswer>();
        Assert.Equal("", first.Refusal);
        Assert.Equal(first, await ExpectMsgAsync<BackendAnswer>());
    }

    private IActorRef Start() => Start(_test, "first");

    private IActorRef Start(TestMemory test, string name) => Start(test, name, _node);

    private IActorRef Start(TestMemory test, string name, TestNode node) =>
        Sys.ActorOf(Props.Create(() => new AdminStateActor(test.Memory.AdminDependencies(), _backends.Ref,
            new TestPeers(TestActor, _other.Ref), node)), name);

    /// <summary>What the other node said last, as gauges note it.</summary>
    private void Hear(ulong digest) => _test.Memory.Members.Peers[_other.Ref.Path.Address.ToString()] = new PeerReport(Report(digest), 0);

    /// <summary>For several looks.</summary>
    private async Task StaysUnknownAsync()
    {
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(300));
        Assert.False(_test.Memory.Admin.IsKnown);
    }

    private static NodeReport Report(ulong? digest) =>
        new("lb2", new NodeFacts("", "", 0, 0, 0, 0, 0), 0, 0, false, [], [], []) { AdminDigest = digest };

    private static AdminIntent Intent(long version, AdminState state) => new("app/b1", state, null, 0, 0, version, "lb2");
}
