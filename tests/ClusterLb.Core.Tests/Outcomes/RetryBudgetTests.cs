using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Tests.Outcomes;

public class RetryBudgetTests
{
    [Theory]
    [InlineData(0, 20, 3)]
    [InlineData(15, 20, 3)]
    [InlineData(20, 20, 4)]
    [InlineData(100, 20, 20)]
    [InlineData(100, 100, 100)]
    [InlineData(100, 0, 0)]
    public void It_allows_a_share_of_the_live_requests_and_at_least_three_unless_it_is_off(int requests, int percent, int retries)
    {
        var budget = new RetryBudget(percent);
        for (var i = 0; i < requests; i++) budget.RequestStarted();
        for (var i = 0; i < retries; i++) Assert.True(budget.TryStartRetry());
        Assert.False(budget.TryStartRetry());
    }

    [Fact]
    public void A_request_that_ends_gives_back_its_retries_and_its_share()
    {
        var budget = new RetryBudget(50);
        for (var i = 0; i < 8; i++) budget.RequestStarted();
        for (var i = 0; i < 4; i++) Assert.True(budget.TryStartRetry());
        budget.RequestEnded(retries: 0);
        Assert.False(budget.TryStartRetry());
        budget.RequestEnded(retries: 2);
        Assert.True(budget.TryStartRetry());
        Assert.False(budget.TryStartRetry());
    }
}
