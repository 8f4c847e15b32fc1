using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Tests.Ledger;

/// <summary>The ledger catches what it is there to catch, and nothing else.</summary>
public sealed class RequestLedgerTests
{
    private static readonly Excuse s_kill = Excuses.BackendDies("b1", at: 1_000);

    [Fact]
    public void A_success_with_one_receipt_is_well()
    {
        var judgement = Judge([], [Served("GET", "/a", 1)], [Received("b1", 1, "/a")]);

        Assert.Empty(judgement.Violations);
        Assert.Equal((1, 0, 0), (judgement.Requests, judgement.Failed, judgement.Moved));
    }

    [Fact]
    public void A_success_that_no_backend_wrote_down_is_caught()
    {
        var violation = Assert.Single(Judge([], [Served("GET", "/a", 1)], []).Violations);

        Assert.Equal(Promise.OneReceipt, violation.Promise);
        Assert.Contains("GET /a at lb1 0..5: served by b1, 1 try: 0 receipts at b1, number 1", violation.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_of_another_process_or_of_another_number_is_none() =>
        Assert.Equal([Promise.OneReceipt, Promise.OneReceipt], Promises([], [Served("GET", "/a", 1), Served("GET", "/b", 2)],
            [Received("b1", 1, "/a") with { Stamp = new Stamp("b1", 78, 1, "/a") }, Received("b1", 3, "/b")]));

    [Fact]
    public void One_receipt_that_is_written_twice_is_caught() =>
        Assert.Contains(Promise.OneReceipt, Promises([], [Served("GET", "/a", 1)], [Received("b1", 1, "/a"), Received("b1", 1, "/a")]));

    [Theory]
    [InlineData("POST")]
    [InlineData("LINE")]
    public void What_must_not_be_sent_twice_and_was_received_twice_is_caught(string method) =>
        Assert.Equal([Promise.ReceivedOnce],
            Promises([s_kill], [Served(method, "/a", 1, due: 1_000)], [Received("b1", 1, "/a"), Received("b2", 1, "/a")]));

    [Fact]
    public void So_is_one_that_failed() =>
        Assert.Contains(Promise.ReceivedOnce, Promises([s_kill], [Failed("POST", "/a", Failure.BadGateway, due: 1_000)],
            [Received("b1", 1, "/a"), Received("b1", 2, "/a")]));

    [Fact]
    public void What_may_be_sent_again_is_not_received_twice_without_need() =>
        Assert.Equal([Promise.ReceivedOnce], Promises([], [Served("GET", "/a", 1)], [Received("b1", 1, "/a"), Received("b2", 1, "/a")]));

    [Fact]
    public void It_may_be_when_the_backend_that_had_it_died_or_its_client_asked_again()
    {
        Receipt[] twice = [Received("b1", 1, "/a"), Received("b2", 1, "/a")];
        var atSecond = Served("GET", "/a", 1, due: 1_000) with { Stamp = new Stamp("b2", 77, 1, "/a") };

        Assert.Empty(Promises([s_kill], [atSecond], twice));
        Assert.Equal([Promise.ReceivedOnce], Promises([s_kill], [atSecond with { Due = 5_000, End = 5_005 }], twice));
        Assert.Empty(Promises([], [atSecond with { Tries = 2 }], twice));
    }

    [Fact]
    public void An_answer_that_was_for_somebody_else_is_caught() =>
        Assert.Equal([Promise.OwnAnswer, Promise.OwnAnswer], Promises([],
            [
                Served("GET", "/a", 1) with { Stamp = StampOf("b1", 2, "/b") },
                Served("GET", "/b", 2) with { Stamp = StampOf("b1", 1, "/a") },
            ],
            [Received("b1", 1, "/a"), Received("b1", 2, "/b")]));

    [Fact]
    public void An_answer_with_bytes_of_another_one_is_caught() =>
        Assert.Equal([Promise.OwnAnswer], Promises([], [Served("GET", "/a", 1) with { IsIntact = false }], [Received("b1", 1, "/a")]));

    [Fact]
    public void An_answer_that_no_backend_gave_is_no_success() =>
        Assert.Equal([Promise.OwnAnswer], Promises([], [Served("GET", "/a", 1) with { Stamp = null }], [Received("b1", 1, "/a")]));

    [Fact]
    public void An_error_that_no_fault_explains_is_caught_and_told()
    {
        var violation = Assert.Single(Judge([s_kill], [Failed("GET", "/a", Failure.Unavailable, due: 1_000)], []).Violations);

        Assert.Equal("ErrorsAreExplained: GET /a at lb1 1000..1005: Unavailable 503, 1 try; received by nobody", violation.ToString());
    }

    [Fact]
    public void Errors_that_a_fault_explains_are_counted_by_reason()
    {
        var judgement = Judge([s_kill],
            [Failed("POST", "/a", Failure.BadGateway, due: 999), Failed("POST", "/b", Failure.BadGateway, due: 1_001)],
            [Received("b1", 1, "/a")]);

        Assert.Empty(judgement.Violations);
        Assert.Equal(2, judgement.Explained["was with b1 when it died"]);
        Assert.Equal(2, judgement.Failed);
    }

    [Fact]
    public void A_session_in_two_places_is_caught()
    {
        Request[] requests = [InSession("/a", "b1", 1, due: 0), InSession("/b", "b2", 1, due: 10), InSession("/c", "b1", 2, due: 20)];
        Receipt[] receipts = [Received("b1", 1, "/a"), Received("b2", 1, "/b"), Received("b1", 2, "/c")];

        var judgement = Judge([], requests, receipts);

        Assert.Equal([Promise.OnePlace, Promise.OnePlace], judgement.Violations.Select(violation => violation.Promise));
        Assert.Equal(2, judgement.Moved);
    }

    [Fact]
    public void A_session_whose_backend_was_gone_may_move_once()
    {
        Request[] requests = [InSession("/a", "b1", 1, due: 0), InSession("/b", "b2", 1, due: 10), InSession("/c", "b2", 2, due: 30)];
        Receipt[] receipts = [Received("b1", 1, "/a"), Received("b2", 1, "/b"), Received("b2", 2, "/c")];

        var judgement = new RequestLedger([], [new Absence("b1", AbsenceKind.Killed, 8, 20)]).Judge(requests, receipts);

        Assert.Empty(judgement.Violations);
        Assert.Equal(1, judgement.Moved);
    }

    [Fact]
    public void A_second_timeout_of_one_freeze_is_caught()
    {
        Request[] requests =
        [
            Failed("GET", "/a", Failure.GatewayTimeout, due: 100) with { Session = 7, End = 3_100 },
            Failed("GET", "/b", Failure.GatewayTimeout, due: 3_200) with { Session = 7, End = 6_200 },
        ];

        var judgement = new RequestLedger([Excuses.BackendIsMute("b1", 50, 9_000)], [new Absence("b1", AbsenceKind.Frozen, 50, 9_000)])
            .Judge(requests, []);

        Assert.Equal([Promise.OneTimeout], judgement.Violations.Select(violation => violation.Promise));
    }

    private static Judgement Judge(
        IReadOnlyCollection<Excuse> excuses, IReadOnlyCollection<Request> requests, IEnumerable<Receipt> receipts) =>
        new RequestLedger(excuses, []).Judge(requests, receipts);

    private static IEnumerable<Promise> Promises(
        IReadOnlyCollection<Excuse> excuses, IReadOnlyCollection<Request> requests, IEnumerable<Receipt> receipts) =>
        Judge(excuses, requests, receipts).Violations.Select(violation => violation.Promise);

    private static Request Served(string method, string id, int serial, double due = 0) =>
        new(id, 1, method, due, due + 5, "lb1", Failure.None) { Stamp = StampOf("b1", serial, id), Status = 200 };

    private static Request InSession(string id, string backend, int serial, double due) =>
        Served("GET", id, serial, due) with { Session = 7, Stamp = StampOf(backend, serial, id) };

    private static Request Failed(string method, string id, Failure failure, double due) =>
        new(id, 1, method, due, due + 5, "lb1", failure)
        {
            Status = failure switch { Failure.BadGateway => 502, Failure.Unavailable => 503, Failure.GatewayTimeout => 504, _ => 0 },
        };

    private static Receipt Received(string backend, int serial, string id) => new(StampOf(backend, serial, id), "GET", 0);

    private static Stamp StampOf(string backend, int serial, string id) => new(backend, 77, serial, id);
}
