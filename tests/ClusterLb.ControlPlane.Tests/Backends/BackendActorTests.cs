using Akka.Actor;
using Akka.TestKit.Xunit2;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.Core.Backends;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class BackendActorTests() : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
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

    [Fact]
    public async Task What_an_operator_asked_for_survives_the_actor()
    {
        var publisher = CreateTestProbe();
        var backend = _test.Pool.Members[0];
        var actor = Sys.ActorOf(BackendActor.Props(_test.Memory, backend, publisher.Ref));
        actor.Tell(new DrainBackend(backend.Id, TimeSpan.FromHours(1)), TestActor);
        Assert.Equal(AdminState.Draining, (await ExpectMsgAsync<BackendAdminState>()).State);
        await publisher.ExpectMsgAsync<AdminStateChanged>();

        Sys.ActorOf(BackendActor.Props(_test.Memory, backend, publisher.Ref));

        Assert.Equal((backend.Id, AdminState.Draining), Of(await publisher.ExpectMsgAsync<AdminStateChanged>()));
    }

    private static (string Backend, AdminState State) Of(AdminStateChanged change) => (change.Backend, change.State);
}
