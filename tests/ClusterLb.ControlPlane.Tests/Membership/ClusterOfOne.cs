using Akka.Cluster;

namespace ClusterLb.ControlPlane.Tests.Membership;

/// <summary>
/// A test kit whose system is a node of a cluster, on a port of the system's choice, in none as long as it does not join.
/// </summary>
public abstract class ClusterOfOne() : PatientTestKit("""
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
    akka.cluster { gossip-interval = 100ms, leader-actions-interval = 100ms,
        distributed-data { notify-subscribers-interval = 20ms, durable.keys = [] } }
    akka.actor.serializers.clusterlb = "ClusterLb.ControlPlane.Protocol.ClusterSerializer, ClusterLb.ControlPlane"
    akka.actor.serialization-bindings { "ClusterLb.ControlPlane.Protocol.IClusterMessage, ClusterLb.ControlPlane" = clusterlb }
    """)
{
    protected Cluster Cluster => Cluster.Get(Sys);

    protected async Task JoinAsync()
    {
        Cluster.Join(Cluster.SelfAddress);
        await AwaitAssertAsync(() => Assert.Equal(MemberStatus.Up, Cluster.SelfMember.Status));
    }
}
