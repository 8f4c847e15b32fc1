using Akka.Cluster;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>The cluster's oldest member: where singletons live, and who does what one node is to do for all.</summary>
internal static class Oldest
{
    public static Member? Of(ClusterEvent.CurrentClusterState state) => Of(state.Members);

    public static bool IsSelf(Cluster cluster) => Of(cluster.State)?.UniqueAddress == cluster.SelfUniqueAddress;

    /// <summary>
    /// Of those that this node reaches: for what two nodes may do at the same time, but none must not. Whoever is dead is not waited for
    /// until it is removed.
    /// </summary>
    public static bool IsSelfOfReachable(Cluster cluster) =>
        Of(cluster.State.Members.Except(cluster.State.Unreachable))?.UniqueAddress == cluster.SelfUniqueAddress;

    private static Member? Of(IEnumerable<Member> members) => members
        .Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting)
        .Aggregate((Member?)null, (oldest, member) => oldest is null || member.IsOlderThan(oldest) ? member : oldest);
}
