using System.Globalization;
using Akka.Cluster;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>Whether this node may decide for the cluster.</summary>
internal static class Quorum
{
    /// <summary>Only who is in a cluster that holds most of the seeds, and reaches most of its nodes.</summary>
    /// <returns>Why it may not; empty when it may.</returns>
    public static string Refusal(Cluster cluster, MembershipMemory memory)
    {
        var (state, status) = (cluster.State, cluster.SelfMember.Status);
        if (status is not (MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving))
            return $"this node is in no cluster: {(memory.BootstrapState.Length > 0 ? memory.BootstrapState : "it has just started")}";
        var held = HeldBy(state, memory.Seeds);
        if (memory.Seeds.Count > 0 && !Election.IsMajority(held, memory.Seeds.Count))
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"this node's cluster holds {held} of {memory.Seeds.Count} seeds, which is no majority");
        }

        var members = state.Members.Where(member =>
            member.Status is not (MemberStatus.Joining or MemberStatus.Removed or MemberStatus.Down)).ToList();
        var reached = members.Count(member => !state.Unreachable.Contains(member));
        return Election.IsMajority(reached, members.Count)
            ? ""
            : string.Create(CultureInfo.InvariantCulture,
                $"this node reaches {reached} of {members.Count} nodes, which is no majority; ask a node of the other side, or wait "
                    + $"until it is removed");
    }

    /// <summary>How many of the seeds are members, reachable or not.</summary>
    public static int HeldBy(ClusterEvent.CurrentClusterState state, IReadOnlyList<NodeAddress> seeds)
    {
        var members = state.Members.Select(member => NodeAddress.Of(member.Address)).ToHashSet();
        return seeds.Count(members.Contains);
    }
}
