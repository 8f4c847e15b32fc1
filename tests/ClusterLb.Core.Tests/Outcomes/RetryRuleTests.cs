using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Outcomes;

public class RetryRuleTests
{
    private static readonly RetryConfig Config = new()
    {
        Attempts = 2,
        On = RetryOn.ConnectFailure | RetryOn.NoResponse,
        BudgetPercent = 20
    };
    private static readonly Outcome Refused = new(Side.Upstream, Stage.Connect, OutcomeKind.Refused, Retryability.Always);
    private static readonly Outcome Reset = new(Side.Upstream, Stage.ResponseHead, OutcomeKind.Reset, Retryability.IfIdempotent);

    private static bool Allows(in Outcome outcome, RetryConfig? config = null, int retry = 1, bool mayRepeat = true) =>
        RetryRule.Allows(config ?? Config, outcome, retry, mayRepeat);

    [Fact]
    public void Nothing_written_anything_may_go_elsewhere() => Assert.True(Allows(Refused, mayRepeat: false));

    [Fact]
    public void Something_written_only_what_may_be_repeated_may() =>
        Assert.Equal((true, false), (Allows(Reset), Allows(Reset, mayRepeat: false)));

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void No_more_than_the_configured_attempts(int retry, bool allowed) => Assert.Equal(allowed, Allows(Refused, retry: retry));

    [Fact]
    public void Only_the_configured_causes()
    {
        Assert.False(Allows(Refused, Config with { On = RetryOn.NoResponse }));
        Assert.False(Allows(Reset, Config with { On = RetryOn.ConnectFailure }));
        Assert.True(Allows(Refused, Config with { On = RetryOn.ConnectFailure }));
        Assert.True(Allows(Reset, Config with { On = RetryOn.NoResponse }));
    }

    [Fact]
    public void What_a_drain_cut_goes_elsewhere_as_if_its_backend_had_closed()
    {
        var cut = new Outcome(Side.Internal, Stage.ResponseHead, OutcomeKind.Cut, Retryability.IfIdempotent);
        Assert.Equal((true, false), (Allows(cut), Allows(cut, mayRepeat: false)));
        Assert.True(Allows(cut with { Stage = Stage.Connect, Retry = Retryability.Always }, mayRepeat: false));
        Assert.False(Allows(cut with { Retry = Retryability.Never }));
    }

    [Theory]
    [InlineData(Side.Upstream, Stage.ResponseHead, OutcomeKind.TimedOut)]
    [InlineData(Side.Upstream, Stage.ResponseHead, OutcomeKind.Protocol)]
    [InlineData(Side.Downstream, Stage.SendRequest, OutcomeKind.Cancelled)]
    [InlineData(Side.Internal, Stage.Queue, OutcomeKind.TimedOut)]
    [InlineData(Side.None, Stage.Complete, OutcomeKind.Success)]
    public void Nothing_else_is_repeated(Side side, Stage stage, OutcomeKind kind) =>
        Assert.False(Allows(new Outcome(side, stage, kind, Retryability.IfIdempotent)));

    [Fact]
    public void Who_raised_the_outcome_may_forbid_it() => Assert.False(Allows(Reset with { Retry = Retryability.Never }));
}
