using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.Core.Tests.Health;

public class MinimumHealthyTests
{
    [Theory]
    [InlineData(0, 0, 0, 5, false)]
    [InlineData(1, 0, 1, 5, false)]
    [InlineData(1, 0, 0, 5, true)]
    [InlineData(0, 50, 2, 4, false)]
    [InlineData(0, 50, 2, 5, true)]
    [InlineData(0, 100, 4, 5, true)]
    [InlineData(3, 10, 2, 5, true)]
    [InlineData(1, 0, 0, 0, true)]
    [InlineData(0, 50, 0, 0, false)]
    [InlineData(3, 0, 2, 2, false)]
    [InlineData(3, 0, 1, 2, true)]
    public void Strictly_below_either_limit_is_below(int count, int percent, int healthy, int configured, bool below) =>
        Assert.Equal(below, MinimumHealthy.IsBelow(new MinimumHealthyConfig { Count = count, Percent = percent }, healthy, configured));

    [Fact]
    public void It_opens_at_once_and_closes_at_once_and_is_a_panic_for_ten_seconds_longer()
    {
        var state = default(MinimumHealthy).Next(below: true, 100);
        Assert.Equal((true, true, null), (state.FailOpen, state.IsPanic, state.EndsAt));
        state = state.Next(below: false, 200).Next(below: false, 10_199);
        Assert.Equal((false, true, 10_200L), (state.FailOpen, state.IsPanic, state.EndsAt));
        Assert.Equal(default, state.Next(below: false, 10_200));
    }
}
