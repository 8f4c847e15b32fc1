using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Tests.Ledger;

/// <summary>An excuse covers what its fault costs and no more.</summary>
public sealed class ExcuseTests
{
    [Theory]
    [InlineData(400, false)]
    [InlineData(900, true)]
    [InlineData(1_999, true)]
    [InlineData(2_001, false)]
    public void It_covers_requests_that_touch_its_time(double due, bool isExplained) =>
        Assert.Equal(isExplained, Excuses.BackendDies("b1", at: 1_000).Explains(Failed("POST", Failure.BadGateway) with
        {
            Due = due,
            End = due + 200,
        }, []));

    [Fact]
    public void A_dead_backend_excuses_nothing_that_can_go_to_another()
    {
        var excuse = Excuses.BackendDies("b1", at: 0);

        Assert.True(excuse.Explains(Failed("POST", Failure.BadGateway), []));
        Assert.False(excuse.Explains(Failed("GET", Failure.BadGateway), []));
        Assert.False(excuse.Explains(Failed("PUT", Failure.BadGateway), []));
        Assert.False(excuse.Explains(Failed("POST", Failure.Unavailable), []));
    }

    [Fact]
    public void Nor_what_another_backend_received()
    {
        var excuse = Excuses.BackendDies("b1", at: 0);

        Assert.True(excuse.Explains(Failed("POST", Failure.BadGateway), [Received("b1")]));
        Assert.False(excuse.Explains(Failed("POST", Failure.BadGateway), [Received("b2")]));
        Assert.False(excuse.Explains(Failed("LINE", Failure.Broken) with { Peer = "b2" }, []));
    }

    [Fact]
    public void An_answer_that_ended_early_is_excused_only_where_it_began()
    {
        var excuse = Excuses.AnswerDies("b1", at: 0);

        Assert.True(excuse.Explains(Failed("GET", Failure.Truncated), [Received("b1")]));
        Assert.False(excuse.Explains(Failed("GET", Failure.Truncated), []));
        Assert.False(excuse.Explains(Failed("GET", Failure.Broken), [Received("b1")]));
    }

    [Fact]
    public void A_dead_node_excuses_what_was_with_it()
    {
        bool IsExplained(Request request, params Receipt[] receipts) =>
            Excuses.NodeDies("lb2", at: 0).Any(excuse => excuse.Explains(request, receipts));

        Assert.True(IsExplained(Failed("POST", Failure.Broken) with { Node = "lb2" }));
        Assert.True(IsExplained(Failed("GET", Failure.Truncated) with { Node = "lb2" }, Received("b1")));
        Assert.False(IsExplained(Failed("POST", Failure.Broken)));
        Assert.False(IsExplained(Failed("GET", Failure.Broken) with { Node = "lb2" }));
        Assert.False(IsExplained(Failed("POST", Failure.Unreachable) with { Node = "lb2" }));
    }

    [Fact]
    public void A_machine_that_stood_still_excuses_patience_and_nothing_else()
    {
        var excuse = Excuses.StoodStill(0, 900);

        Assert.True(excuse.Explains(Failed("GET", Failure.TimedOut), []));
        Assert.False(excuse.Explains(Failed("GET", Failure.BadGateway), []));
    }

    private static Request Failed(string method, Failure failure) => new("/a", 1, method, 0, 5, "lb1", failure);

    private static Receipt Received(string backend) => new(new Stamp(backend, 77, 1, "/a"), "POST", 0);
}
