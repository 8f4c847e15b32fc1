using Akka.Cluster;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>
/// Whom this node can talk to at the moment: the other members of its cluster that can be reached, and whom it has met outside of it.
/// </summary>
internal sealed class Neighbourhood(Cluster cluster, MembershipMemory memory)
{
    /// <summary>Members first, oldest first. Of two lives of one node the one that was met.</summary>
    public IReadOnlyList<UniqueAddress> Read()
    {
        var met = memory.MetLately.Where(node => node.Address.HasGlobalScope && node.Address != cluster.SelfAddress).ToList();
        var members = Others(cluster).Order(Member.AgeOrdering).Select(member => member.UniqueAddress)
            .Where(member => met.All(node => node.Address != member.Address || node == member)).ToList();
        return [.. members.Union(met)];
    }

    /// <summary>Every member but this node that can be reached.</summary>
    public static IEnumerable<Member> Others(Cluster cluster)
    {
        var state = cluster.State;
        return state.Members.Where(member => member.UniqueAddress != cluster.SelfUniqueAddress && IsMember(member)
            && !state.Unreachable.Contains(member));
    }

    public static bool IsMember(Member member) => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving;
}
