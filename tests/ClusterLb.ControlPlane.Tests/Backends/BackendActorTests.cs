using Akka.TestKit.Xunit2;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.Core.Backends;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class BackendActorTests() : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));

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
