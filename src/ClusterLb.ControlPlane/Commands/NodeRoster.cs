using Akka.Cluster;
using ClusterLb.ControlPlane.Membership;

namespace ClusterLb.ControlPlane.Commands;

/// <summary>The other nodes as this one sees them now. Any thread; asks no actor.</summary>
/// <param name="members">What they said.</param>
/// <param name="running">Whose cluster it is.</param>
public sealed class NodeRoster(MembershipMemory members, RunningSystem running)
{
    private readonly Lock _reading = new();
    private Roster _roster = Roster.Empty;

    public IReadOnlyList<RosterNode> Read()
    {
        lock (_reading)
        {
            var attendance = Attend();
            _roster = _roster.With(attendance, members.Peers);
            return _roster.Read(attendance, members.NowMilliseconds);
        }
    }

    private Attendance Attend()
    {
        if (running.Current is not { WhenTerminated.IsCompleted: false } system) return Attendance.None;
        var cluster = Cluster.Get(system);
        var state = cluster.State;
        // Of two lives of one node the one that can be reached.
        var others = state.Members.Where(member => member.Address != cluster.SelfAddress)
            .GroupBy(member => member.Address.ToString())
            .ToDictionary(lives => lives.Key, lives => lives.Any(member => IsReached(member, state)));
        return new Attendance(Neighbourhood.IsMember(cluster.SelfMember), others);
    }

    private static bool IsReached(Member member, ClusterEvent.CurrentClusterState state) =>
        Neighbourhood.IsMember(member) && !state.Unreachable.Contains(member);
}
