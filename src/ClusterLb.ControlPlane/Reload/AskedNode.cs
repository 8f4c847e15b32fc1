using Akka.Actor;
using Akka.Cluster;
using ClusterLb.ControlPlane.Membership;

namespace ClusterLb.ControlPlane.Reload;

/// <summary>One member that has to follow a reload of the cluster.</summary>
/// <param name="Name">Its address while it has not been heard.</param>
/// <param name="Agent">What it is reached by.</param>
/// <param name="Refusal">Why it cannot be asked; empty when it can.</param>
internal sealed record AskedNode(string Name, ICanTell Agent, string Refusal)
{
    /// <summary>Everybody who is to stay, this node first.</summary>
    public static IReadOnlyList<AskedNode> All(Cluster cluster, MembershipMemory members, ClusterPeers peers)
    {
        var state = cluster.State;
        return
        [
            new AskedNode(members.Node, peers.AgentAt(cluster.SelfAddress), ""),
            .. state.Members.Where(member => member.UniqueAddress != cluster.SelfUniqueAddress && IsToStay(member))
                .Select(member => Of(member, !state.Unreachable.Contains(member), members, peers))
                .OrderBy(node => node.Name, StringComparer.Ordinal),
        ];
    }

    private static AskedNode Of(Member member, bool isReachable, MembershipMemory members, ClusterPeers peers)
    {
        var address = member.Address.ToString();
        var heard = members.Peers.GetValueOrDefault(address)?.Report;
        return new AskedNode(members.NameOf(address), peers.AgentAt(member.Address), (isReachable, heard) switch
        {
            (false, _) => "cannot be reached",
            (_, null) => "has said nothing yet; try again in a moment",
            (_, { Facts: { Epoch: null, Version: var version } }) =>
                $"runs version {(version.Length > 0 ? version : "unknown")}, which knows no reload of the cluster",
            _ => "",
        });
    }

    private static bool IsToStay(Member member) =>
        member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up;
}
