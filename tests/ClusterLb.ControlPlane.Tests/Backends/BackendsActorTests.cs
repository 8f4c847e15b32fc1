using Akka.Actor;
using Akka.TestKit.Xunit2;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.Core.Backends;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class BackendsActorTests : TestKit
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));

    [Fact]
    public async Task Commands_are_answered_with_the_new_state_and_the_publisher_hears_of_it()
    {
        var publisher = CreateTestProbe();
        var backends = Sys.ActorOf(Props.Create(() => new BackendsActor(_test.Memory, publisher.Ref)));

        backends.Tell(new MaintainBackend("app/b1"), TestActor);
        Assert.Equal(AdminState.Maintenance, (await ExpectMsgAsync<BackendAdminState>()).State);
        Assert.Equal(("app/b1", AdminState.Maintenance), Of(await publisher.ExpectMsgAsync<AdminStateChanged>()));

        backends.Tell(new ReadyBackend("app/b1"), TestActor);
        Assert.Equal(AdminState.Ready, (await ExpectMsgAsync<BackendAdminState>()).State);
        Assert.Equal(("app/b1", AdminState.Ready), Of(await publisher.ExpectMsgAsync<AdminStateChanged>()));
    }

    [Fact]
    public async Task An_unknown_backend_has_no_state()
    {
        var backends = Sys.ActorOf(Props.Create(() => new BackendsActor(_test.Memory, TestActor)));

        backends.Tell(new GetBackend("app/nobody"), TestActor);

        Assert.Null((await ExpectMsgAsync<BackendAdminState>()).State);
    }

    private static (string Backend, AdminState State) Of(AdminStateChanged change) => (change.Backend, change.State);
}
