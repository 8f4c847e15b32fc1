using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Tests.Pools;

public class RetryBudgetTests
{
    [Theory]
    [InlineData(0, 20, 3)]
    [InlineData(15, 20, 3)]
    [InlineData(20, 20, 4)]
    [InlineData(100, 20, 20)]
    [InlineData(100, 0, 3)]
    [InlineData(100, 100, 100)]
    public void It_allows_a_share_of_the_live_requests_and_at_least_three(int requests, int percent, int retries)
    {
        var budget = new RetryBudget(percent);
        for (var i = 0; i < requests; i++) budget.BeginRequest();
        for (var i = 0; i < retries; i++) Assert.True(budget.TryBeginRetry());
        Assert.False(budget.TryBeginRetry());
        budget.EndRetry();
        Assert.True(budget.TryBeginRetry());
    }

    [Fact]
    public void Requests_that_end_take_their_share_with_them()
    {
        var budget = new RetryBudget(50);
        for (var i = 0; i < 10; i++) budget.BeginRequest();
        for (var i = 0; i < 4; i++) Assert.True(budget.TryBeginRetry());
        for (var i = 0; i < 4; i++) budget.EndRequest();
        Assert.False(budget.TryBeginRetry());
        Assert.Equal((6, 4), (budget.Requests, budget.Retries));
    }
}
