using Akka.Actor;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Backends;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class BackendsActorTests : PatientTestKit
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));

    [Fact]
    public async Task An_intent_reaches_its_backend_and_one_for_nobody_hurts_nobody()
    {
        var backends = Sys.ActorOf(Props.Create(() => new BackendsActor(_test.Memory.BackendRoom(new FakeCutter(), TestActor))));

        backends.Tell(Intent("app/nobody"));
        backends.Tell(Intent("app/b2"));

        var change = await ExpectMsgAsync<AdminStateChanged>();
        Assert.Equal(("app/b2", AdminState.Maintenance, "put into maintenance by an operator through lb1"), (change.Backend, change.State, change.Reason));
    }

    private static AdminIntent Intent(string backend) => new(backend, AdminState.Maintenance, null, 0, 0, 1, "lb1");
}
