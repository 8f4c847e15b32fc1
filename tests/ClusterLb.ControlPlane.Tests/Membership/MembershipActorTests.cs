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
        Sys.ActorOf(Props.Create(() => new MembershipActor(test.Memory.Members)));

        await JoinAsync();

        await AwaitAssertAsync(() => Assert.Contains(test.Memory.Members.Events.Read(),
            entry => (entry.Subject, entry.Text) == (test.Memory.Config.Node.Name, "joined the cluster")));
    }

    [Fact]
    public void A_node_that_was_not_heard_yet_is_called_by_host_and_port()
    {
        var test = new TestMemory(TimeProvider.System, TestMemory.PoolOf(1, Configs.Pool.Health));

        Assert.Equal("10.0.0.1:4053", test.Memory.Members.NameOf("akka.ssl.tcp://clusterlb@10.0.0.1:4053"));
    }
}
