using Akka.Actor;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class BindingPullsTests
{
    private readonly BindingPulls _pulls = new();

    [Fact]
    public void A_node_alone_has_nothing_to_wait_for_once_it_has_looked_around()
    {
        Assert.Empty(Next(MembershipPhase.Alone, 0, hasLookedAround: false));
        Assert.False(_pulls.IsDone);

        Assert.Empty(Next(MembershipPhase.Alone, 100, hasLookedAround: true));
        Assert.True(_pulls.IsDone);
    }

    [Fact]
    public void Everybody_who_is_met_is_asked_in_a_cluster_or_not()
    {
        Assert.Equal(["one 0"], Next(MembershipPhase.Outside, 0, true, "one"));
        Assert.Equal(["two 0"], Next(MembershipPhase.Outside, 100, true, "one", "two"));
        Assert.Null(Take("one", 100));
        Assert.False(_pulls.IsDone);
    }

    [Fact]
    public void The_oldest_is_asked_again_when_all_members_know_this_node()
    {
        Next(MembershipPhase.Outside, 0, true, "one", "two");
        Take("one", 10);
        Take("two", 10);
        Assert.Empty(Next(MembershipPhase.Arriving, 100, true, "one", "two"));
        Assert.False(_pulls.IsDone);

        Assert.Equal(["one 0"], Next(MembershipPhase.Known, 200, true, "one", "two"));
        Take("one", 210);
        Assert.Empty(Next(MembershipPhase.Known, 300, true, "one", "two"));
        Assert.True(_pulls.IsDone);
    }

    [Fact]
    public void When_the_oldest_goes_before_it_has_told_the_next_one_is_asked()
    {
        Next(MembershipPhase.Known, 0, true, "one", "two");
        Take("two", 10);

        Assert.Equal(["two 0"], Next(MembershipPhase.Known, 100, true, "two"));
        Take("two", 110);
        Next(MembershipPhase.Known, 200, true, "two");
        Assert.True(_pulls.IsDone);
    }

    [Fact]
    public void A_node_that_is_in_no_cluster_for_long_may_serve_with_what_those_told_whom_it_met_but_is_not_done()
    {
        Next(MembershipPhase.Outside, 0, true, "survivor");
        Take("survivor", 10);
        Next(MembershipPhase.Arriving, 4_900, true, "survivor");
        Assert.Equal((false, false), (_pulls.IsDone, _pulls.IsComplete));

        Next(MembershipPhase.Arriving, 5_000, true, "survivor");
        Assert.Equal((true, false), (_pulls.IsDone, _pulls.IsComplete));

        Assert.Equal(["survivor 0"], Next(MembershipPhase.Known, 6_000, true, "survivor"));
        Take("survivor", 6_010);
        Next(MembershipPhase.Known, 6_100, true, "survivor");
        Assert.Equal((true, true), (_pulls.IsDone, _pulls.IsComplete));
    }

    [Fact]
    public void Whoever_appears_only_after_a_minute_is_asked_all_the_same_and_once_more_as_the_oldest()
    {
        for (var now = 0; now <= 60_000; now += 100) Assert.Empty(Next(MembershipPhase.Outside, now, hasLookedAround: true));
        Assert.Equal((true, false), (_pulls.IsDone, _pulls.IsComplete));

        Assert.Equal(["late 0"], Next(MembershipPhase.Outside, 60_100, true, "late"));
        Take("late", 60_110);
        Assert.Equal(["late 0"], Next(MembershipPhase.Known, 61_000, true, "late"));
        Assert.Equal((true, false), (_pulls.IsDone, _pulls.IsComplete));
        Take("late", 61_010);
        Next(MembershipPhase.Known, 61_100, true, "late");
        Assert.True(_pulls.IsComplete);
    }

    [Fact]
    public void Members_that_are_gone_at_the_moment_they_know_this_node_are_no_reason_to_be_done()
    {
        Assert.Empty(Next(MembershipPhase.Known, 0, hasLookedAround: true));
        Assert.False(_pulls.IsComplete);

        Assert.Equal(["one 0"], Next(MembershipPhase.Known, 100, true, "one"));
    }

    [Fact]
    public void Whoever_is_met_after_clients_were_taken_is_asked_all_the_same()
    {
        Next(MembershipPhase.Outside, 0, true);
        Next(MembershipPhase.Outside, 5_000, true);
        Assert.True(_pulls.IsDone);
        Assert.False(_pulls.IsComplete);

        Assert.Equal(["one 0", "two 0"], Next(MembershipPhase.Known, 6_000, true, "one", "two"));
        Take("one", 6_010);
        Next(MembershipPhase.Known, 6_100, true, "one", "two");
        Assert.False(_pulls.IsComplete);
        Take("two", 6_110);
        Assert.Empty(Next(MembershipPhase.Known, 6_200, true, "one", "two"));
        Assert.True(_pulls.IsComplete);
    }

    [Fact]
    public void Who_is_silent_for_too_long_is_not_waited_for_and_asked_again_until_it_has_told_all()
    {
        Next(MembershipPhase.Known, 0, true, "one");
        Next(MembershipPhase.Known, 5_000, true, "one");
        Assert.True(_pulls.IsDone);

        Assert.Equal(["one 0"], Next(MembershipPhase.Known, 60_000, true, "one"));
        Take("one", 60_100);
        Assert.Empty(Next(MembershipPhase.Known, 61_000, true, "one"));
        Assert.True(_pulls.IsComplete);
    }

    private List<string> Next(MembershipPhase phase, long now, bool hasLookedAround, params string[] others) =>
        [.. _pulls.Next(phase, hasLookedAround, [.. others.Select(node => new SessionPeer(node, ActorRefs.Nobody))], now)
            .Select(due => $"{due.Peer.Node} {due.Part}")];

    /// <summary>All it has, in one part.</summary>
    private int? Take(string node, long now) => _pulls.Take(node, new BindingPart(0, 1, IsLast: true, []), now);
}
