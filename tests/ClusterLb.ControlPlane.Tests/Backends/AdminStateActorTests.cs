using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Backends;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class AdminStateActorTests : ClusterOfOne
{
    private readonly TestMemory _test = new(TimeProvider.System, TestMemory.PoolOf(2, Configs.Pool.Health));
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

        var answer = await ExpectMsgAsync<BackendAnswer>(TimeSpan.FromSeconds(5));
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
        admin.Tell(Intent(6, AdminState.Maintenance));

        Assert.Equal(AdminState.Draining, (await _backends.ExpectMsgAsync<AdminIntent>()).State);
        Assert.Equal(AdminState.Maintenance, (await _backends.ExpectMsgAsync<AdminIntent>()).State);
        Assert.Equal(6, _test.Memory.Intents["app/b1"].Version);
    }

    [Fact]
    public async Task What_this_node_remembers_is_put_back_into_a_cluster_that_knows_nothing()
    {
        _test.Memory.Intents["app/b1"] = Intent(5, AdminState.Maintenance);
        await JoinAsync();
        Start();
        await AwaitAssertAsync(() => Assert.True(_test.Memory.HasAdminState), TimeSpan.FromSeconds(10));

        var other = new TestMemory(TimeProvider.System, TestMemory.PoolOf(2, Configs.Pool.Health));
        Start(other, "second");

        await AwaitAssertAsync(() => Assert.Equal(5, other.Memory.Intents.GetValueOrDefault("app/b1")?.Version), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_command_that_follows_another_before_most_nodes_know_loses_nothing_of_it()
    {
        await JoinAsync();
        var admin = Start();

        admin.Tell(new DrainBackend("app/b1", TimeSpan.FromHours(1)), TestActor);
        admin.Tell(new WeighBackend("app/b1", 5), TestActor);

        var drained = (await ExpectMsgAsync<BackendAnswer>(TimeSpan.FromSeconds(5))).Intent!;
        var weighed = (await ExpectMsgAsync<BackendAnswer>(TimeSpan.FromSeconds(5))).Intent!;
        Assert.Equal(AdminState.Draining, drained.State);
        Assert.Equal(drained with { Weight = 5, Version = weighed.Version }, weighed);
        await AwaitAssertAsync(() => Assert.Equal(weighed, _test.Memory.Intents["app/b1"]));
    }

    [Fact]
    public async Task A_command_given_twice_in_a_row_is_one_intent_and_answered_twice()
    {
        await JoinAsync();
        var admin = Start();

        admin.Tell(new MaintainBackend("app/b1"), TestActor);
        admin.Tell(new MaintainBackend("app/b1"), TestActor);

        var first = await ExpectMsgAsync<BackendAnswer>(TimeSpan.FromSeconds(5));
        Assert.Equal("", first.Refusal);
        Assert.Equal(first, await ExpectMsgAsync<BackendAnswer>(TimeSpan.FromSeconds(5)));
    }

    private IActorRef Start() => Start(_test, "first");

    private IActorRef Start(TestMemory test, string name) =>
        Sys.ActorOf(Props.Create(() => new AdminStateActor(test.Memory, _backends.Ref, new TestPeers(TestActor, _other.Ref))), name);

    private static AdminIntent Intent(long version, AdminState state) => new("app/b1", state, null, 0, 0, version, "lb2");
}
