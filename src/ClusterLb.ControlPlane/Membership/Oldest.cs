using Akka.Cluster;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>The cluster's oldest member: where singletons live, and who does what one node is to do for all.</summary>
internal static class Oldest
{
    public static Member? Of(ClusterEvent.CurrentClusterState state) => state.Members
        .Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting)
        .Aggregate((Member?)null, (oldest, member) => oldest is null || member.IsOlderThan(oldest) ? member : oldest);

    public static bool IsSelf(Cluster cluster) => Of(cluster.State)?.UniqueAddress == cluster.SelfUniqueAddress;
}
