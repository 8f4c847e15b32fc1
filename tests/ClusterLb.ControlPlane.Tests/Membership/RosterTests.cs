using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Tests.Membership;

public class RosterTests
{
    private const string Lb2 = "akka://clusterlb@10.0.0.2:4053";
    private const string Lb3 = "akka://clusterlb@10.0.0.3:4053";

    [Fact]
    public void A_member_that_is_reached_is_present_with_what_it_last_said()
    {
        var node = Assert.Single(Read(Members((Lb2, true)), heard: [Heard(Lb2, "lb2", "draining", at: 1_000)], now: 1_200));

        Assert.Equal(("lb2", "draining", true, false), (node.Name, node.Facts.Phase, node.IsPresent, node.IsSilent));
    }

    [Fact]
    public void A_member_that_the_failure_detector_has_lost_is_known_and_not_present()
    {
        var node = Assert.Single(Read(Members((Lb2, false)), heard: [Heard(Lb2, "lb2", "ready", at: 1_000)], now: 1_200));

        Assert.False(node.IsPresent);
    }

    [Fact]
    public void What_a_member_said_is_remembered_until_it_is_none()
    {
        var members = Members((Lb2, true));
        var roster = Roster.Empty.With(members, Reports(Heard(Lb2, "lb2", "ready", at: 1_000))).With(members, Reports());

        var node = Assert.Single(roster.Read(members, now: 4_000));
        Assert.Equal((true, true), (node.IsPresent, node.IsSilent));
        Assert.Empty(roster.With(Members(), Reports()).Read(Members(), now: 4_000));
    }

    [Fact]
    public void A_node_is_silent_when_it_missed_five_rounds()
    {
        RosterNode At(long now) => Assert.Single(Read(Members((Lb2, true)), [Heard(Lb2, "lb2", "ready", at: 1_000)], now));

        Assert.False(At(2_000).IsSilent);
        Assert.True(At(2_001).IsSilent);
    }

    [Fact]
    public void Who_is_in_a_cluster_goes_by_it_and_who_is_in_none_by_whom_it_hears()
    {
        (string, PeerReport)[] heard = [Heard(Lb2, "lb2", "ready", at: 1_000), Heard(Lb3, "lb3", "ready", at: 1_000)];

        Assert.Equal([true, false], Read(Members((Lb2, true)), heard, now: 1_000).Select(node => node.IsPresent));
        Assert.Equal([true, true], Read(Attendance.None, heard, now: 1_000).Select(node => node.IsPresent));
    }

    private static IReadOnlyList<RosterNode> Read(Attendance attendance, (string, PeerReport)[] heard, long now) =>
        Roster.Empty.With(attendance, Reports(heard)).Read(attendance, now);

    private static Attendance Members(params (string Address, bool IsReached)[] others) =>
        new(IsMember: true, others.ToDictionary(other => other.Address, other => other.IsReached));

    private static Dictionary<string, PeerReport> Reports(params (string Address, PeerReport Report)[] heard) =>
        heard.ToDictionary(one => one.Address, one => one.Report);

    private static (string, PeerReport) Heard(string address, string name, string phase, long at) =>
        (address, new PeerReport(new NodeReport(name, new NodeFacts(phase, "", 1, 0, 0, 0, 0), 0, 0, false, [], [], []), at));
}
