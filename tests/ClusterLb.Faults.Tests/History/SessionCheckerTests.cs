using ClusterLb.Faults.History;

namespace ClusterLb.Faults.Tests.History;

/// <summary>The checker finds what it is there to find, and nothing else.</summary>
public sealed class SessionCheckerTests
{
    [Fact]
    public void A_session_that_stays_is_well() =>
        Assert.Empty(Check([], Served("b1", 0, 1), Served("b1", 2, 3), Served("b1", 2, 4)).Illegal);

    [Fact]
    public void A_request_that_begins_after_an_answer_of_another_backend_is_found_and_told()
    {
        var illegal = Assert.Single(Check([], Served("b1", 0, 1), Served("b2", 2, 3)).Illegal);

        Assert.StartsWith("session 7: lb1 had b2 serve what began at 2.0, after b1 had answered at 1.0 (lb1)", illegal.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_that_overlap_may_differ() => Assert.Empty(Check([], Served("b1", 0, 2), Served("b2", 1, 3)).Illegal);

    [Fact]
    public void Sessions_have_nothing_to_do_with_each_other() =>
        Assert.Empty(Check([], Served("b1", 0, 1), Served("b2", 2, 3) with { Session = 8 }).Illegal);

    [Theory]
    [InlineData(AbsenceKind.Killed)]
    [InlineData(AbsenceKind.Frozen)]
    [InlineData(AbsenceKind.HeldDown)]
    public void A_backend_that_was_gone_in_between_may_be_left(AbsenceKind kind) =>
        Assert.Empty(Check([new("b1", kind, 4, 5)], Served("b1", 0, 1), Served("b2", 8, 9)).Illegal);

    [Fact]
    public void One_that_was_gone_for_a_node_alone_may_be_left_through_that_node_only()
    {
        Absence[] absences = [Killed("b1", 4, 5) with { Node = "lb2" }];

        Assert.Empty(Check(absences, Served("b1", 0, 1), Served("b2", 8, 9) with { Node = "lb2" }).Illegal);
        Assert.Single(Check(absences, Served("b1", 0, 1), Served("b2", 8, 9)).Illegal);
    }

    [Fact]
    public void One_that_goes_while_the_request_waits_may_be_left() =>
        Assert.Empty(Check([Killed("b1", 4, 5)], Served("b1", 0, 1), Served("b2", 2, 9)).Illegal);

    [Fact]
    public void One_that_was_gone_before_its_last_answer_or_after_the_request_may_not()
    {
        Assert.Single(Check([Killed("b1", 1, 2)], Served("b1", 3, 4), Served("b2", 5, 6)).Illegal);
        Assert.Single(Check([Killed("b1", 7, 8)], Served("b1", 3, 4), Served("b2", 5, 6)).Illegal);
        Assert.Single(Check([Killed("b3", 4, 6)], Served("b1", 3, 4), Served("b2", 5, 6)).Illegal);
    }

    [Fact]
    public void A_diversion_ends_with_the_next_request()
    {
        Absence[] absences = [Killed("b1", 10, 20)];
        RequestEntry[] history = [Served("b1", 0, 1), Served("b2", 12, 13), Served("b1", 25, 26)];

        Assert.Empty(Check(absences, history).Illegal);
        Assert.Single(Check(absences, [.. history, Served("b2", 30, 31)]).Illegal);
    }

    [Fact]
    public void A_session_that_some_nodes_divert_and_others_serve_at_home_is_found() =>
        Assert.Equal(2, Check([Killed("b1", 10, 20)], Served("b1", 0, 1), Served("b2", 12, 13), Served("b1", 25, 26), Served("b2", 30, 31),
            Served("b1", 35, 36)).Illegal.Count);

    [Fact]
    public void Who_alone_asks_for_too_much_may_be_moved_where_no_check_tells_a_frozen_process()
    {
        RequestEntry[] history = [Served("b1", 0, 1), new(7, 100, 3_200, "lb1", "", 504) { IsSlow = true }, Served("b2", 3_300, 3_301)];

        Assert.Empty(new SessionChecker([], tellsFrozen: false).Check(history).Illegal);
        Assert.Single(new SessionChecker([], tellsFrozen: true).Check(history).Illegal);
    }

    [Fact]
    public void Not_when_others_had_answers_of_the_same_backend_from_the_same_node_meanwhile()
    {
        RequestEntry[] history = [Served("b1", 0, 1), new(7, 100, 3_200, "lb1", "", 504) { IsSlow = true }, Served("b2", 3_300, 3_301)];
        var heard = new RequestEntry(8, 1_500, 1_501, "lb1", "b1", 200);

        Assert.Single(new SessionChecker([], tellsFrozen: false).Check([.. history, heard]).Illegal);
        Assert.Empty(new SessionChecker([], tellsFrozen: false).Check([.. history, heard with { Node = "lb2" }]).Illegal);
    }

    [Fact]
    public void A_session_that_moved_may_not_return()
    {
        Absence[] absences = [Killed("b1", 10, 20)];

        Assert.Single(Check(absences, Served("b1", 0, 1), Served("b2", 12, 13), Served("b2", 25, 26), Served("b1", 30, 31)).Illegal);
    }

    [Fact]
    public void A_frozen_backend_may_cost_a_timeout_once()
    {
        Absence[] absences = [new("b1", AbsenceKind.Frozen, 10, 90)];

        Assert.Empty(Check(absences, TimedOut(12, 22), TimedOut(13, 23), TimedOut(21, 31)).SecondTimeouts);
        Assert.Single(Check(absences, TimedOut(12, 22), TimedOut(23, 33)).SecondTimeouts);
    }

    [Fact]
    public void Two_frozen_backends_may_cost_two_and_the_next_freeze_another()
    {
        Absence[] absences = [new("b1", AbsenceKind.Frozen, 10, 40), new("b2", AbsenceKind.Frozen, 10, 40),
            new("b1", AbsenceKind.Frozen, 60, 90)];

        Assert.Empty(Check(absences, TimedOut(12, 22), TimedOut(23, 33), TimedOut(62, 72)).SecondTimeouts);
        Assert.Single(Check(absences, TimedOut(12, 22), TimedOut(23, 33), TimedOut(34, 44)).SecondTimeouts);
    }

    [Fact]
    public void Crossed_answers_and_those_that_nobody_gave_are_counted()
    {
        var report = Check([], Served("b1", 0, 1) with { IsCrossed = true }, TimedOut(2, 3), TimedOut(4, 5) with { IsSlow = true });

        Assert.Equal((1, 1), (report.Crossed.Count, report.Unserved.Count));
    }

    [Fact]
    public void What_nodes_logged_says_when_they_held_a_backend_for_down()
    {
        var clock = new RunClock();
        var now = TimeProvider.System.GetLocalNow().TimeOfDay;
        string At(int seconds) =>
            (now + TimeSpan.FromSeconds(seconds)).ToString(@"hh\:mm\:ss\.fff", System.Globalization.CultureInfo.InvariantCulture);
        var log = $"{At(1)} info: clusterlb[5] backend app/b1 UP -> DOWN: refused -> gone\n{At(2)} info: clusterlb[5] backend app/b2 UP "
            + $"-> EJECTED: reset\n"
            + $"{At(3)} info: clusterlb[5] backend app/b1 DOWN -> UP: status 200\n{At(4)} info: clusterlb[5] backend app/b3 EJECTED -> "
                + $"DOWN: refused\n";

        var down = VerdictLog.Read(log, clock, end: 9_000).ToList();

        Assert.Equal(["b1", "b3"], down.Select(absence => absence.Backend));
        Assert.InRange(down[0].From, 500, 1_500);
        Assert.InRange(down[0].Until, 2_500, 3_500);
        Assert.Equal(9_000, down[1].Until);
    }

    private static HistoryReport Check(IReadOnlyCollection<Absence> absences, params IEnumerable<RequestEntry> history) =>
        new SessionChecker(absences, tellsFrozen: true).Check(history);

    private static Absence Killed(string backend, double from, double until) => new(backend, AbsenceKind.Killed, from, until);

    private static RequestEntry Served(string backend, double begin, double end) => new(7, begin, end, "lb1", backend, 200);

    private static RequestEntry TimedOut(double begin, double end) => new(7, begin, end, "lb1", "", 504);
}
