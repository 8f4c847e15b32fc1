using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Outcomes;

public class RetryRuleTests
{
    private static readonly RetryConfig Config = new() { Attempts = 2, On = RetryOn.ConnectFailure | RetryOn.NoResponse, BudgetPercent = 20 };
    private static readonly Outcome Refused = new(Side.Upstream, Stage.Connect, OutcomeKind.Refused, Retryability.Always);
    private static readonly Outcome Reset = new(Side.Upstream, Stage.ResponseHead, OutcomeKind.Reset, Retryability.IfIdempotent);
    private static readonly RetryPosition Get = new(0, IsIdempotent: true, BodyHeld: true, ResponseStarted: false);
    private static readonly RetryPosition Post = Get with { IsIdempotent = false };

    [Fact]
    public void Nothing_written_any_request_may_go_elsewhere_even_with_a_body_still_to_come() =>
        Assert.True(RetryRule.Allows(Refused, Config, Post with { BodyHeld = false }));

    [Fact]
    public void Something_written_only_an_idempotent_request_with_its_body_held_may()
    {
        Assert.True(RetryRule.Allows(Reset, Config, Get));
        Assert.False(RetryRule.Allows(Reset, Config, Post));
        Assert.False(RetryRule.Allows(Reset, Config, Get with { BodyHeld = false }));
    }

    [Fact]
    public void A_response_byte_at_the_client_ends_it() => Assert.False(RetryRule.Allows(Refused, Config, Get with { ResponseStarted = true }));

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void No_more_than_the_configured_attempts(int soFar, bool allowed) =>
        Assert.Equal(allowed, RetryRule.Allows(Refused, Config, Get with { RetriesSoFar = soFar }));

    [Fact]
    public void Only_the_configured_causes()
    {
        Assert.False(RetryRule.Allows(Refused, Config with { On = RetryOn.NoResponse }, Get));
        Assert.False(RetryRule.Allows(Reset, Config with { On = RetryOn.ConnectFailure }, Get));
        Assert.False(RetryRule.Allows(Reset, Config with { On = RetryOn.None }, Get));
    }

    [Theory]
    [InlineData(Side.Upstream, Stage.ResponseHead, OutcomeKind.TimedOut)]
    [InlineData(Side.Upstream, Stage.ResponseHead, OutcomeKind.Protocol)]
    [InlineData(Side.Upstream, Stage.ResponseBody, OutcomeKind.Reset)]
    [InlineData(Side.Downstream, Stage.SendRequest, OutcomeKind.Cancelled)]
    [InlineData(Side.Internal, Stage.Queue, OutcomeKind.TimedOut)]
    [InlineData(Side.None, Stage.Complete, OutcomeKind.Success)]
    public void Nothing_else_is_repeated(Side side, Stage stage, OutcomeKind kind) =>
        Assert.False(RetryRule.Allows(new Outcome(side, stage, kind, Retryability.IfIdempotent), Config, Get));

    [Fact]
    public void Who_raised_the_outcome_may_forbid_it() => Assert.False(RetryRule.Allows(Reset with { Retry = Retryability.Never }, Config, Get));
}
