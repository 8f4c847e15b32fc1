using Akka.Actor;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Membership;

public sealed class MembershipActorTests : ClusterOfOne
{
    [Fact]
    public async Task Who_joins_is_written_down_by_name()
    {
        var test = new TestMemory(TimeProvider.System, TestMemory.PoolOf(1, Configs.Pool.Health));
        test.Memory.Names[Cluster.SelfAddress.ToString()] = "lb1";
        Sys.ActorOf(Props.Create(() => new MembershipActor(test.Memory)));

        await JoinAsync();

        await AwaitAssertAsync(() => Assert.Contains(test.Memory.Events.Read(), entry => (entry.Subject, entry.Text) == ("lb1", "joined the cluster")));
    }
}
