using System.Globalization;
using Akka.Cluster;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>Whether this node may decide for the cluster.</summary>
internal static class Quorum
{
    /// <summary>Only who is in a cluster, reaches most of its nodes, and whose cluster holds most of the seeds.</summary>
    /// <param name="state">The membership now.</param>
    /// <param name="self">This node.</param>
    /// <param name="bootstrap">What bootstrap last did or waits for.</param>
    /// <param name="lackingSeeds">That the cluster holds too few seeds; empty when it holds enough.</param>
    /// <returns>Why it may not; empty when it may.</returns>
    public static string Refusal(ClusterEvent.CurrentClusterState state, Member self, string bootstrap, string lackingSeeds)
    {
        if (self.Status is not (MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving)) return $"this node is in no cluster: {(bootstrap.Length > 0 ? bootstrap : "it has just started")}";
        if (lackingSeeds.Length > 0) return $"this node's cluster {lackingSeeds}";
        var members = state.Members.Where(member => member.Status is not (MemberStatus.Joining or MemberStatus.Removed or MemberStatus.Down)).ToList();
        var reached = members.Count(member => !state.Unreachable.Contains(member));
        return reached * 2 > members.Count
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"this node reaches {reached} of {members.Count} nodes, which is no majority; ask a node of the other side, or wait until it is removed");
    }
}
