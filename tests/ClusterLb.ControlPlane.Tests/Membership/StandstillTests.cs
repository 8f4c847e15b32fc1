using ClusterLb.ControlPlane.Membership;

namespace ClusterLb.ControlPlane.Tests.Membership;

public sealed class StandstillTests
{
    [Theory]
    [InlineData(1_000, 0)]
    [InlineData(3_999, 0)]
    [InlineData(4_000, 3_000)]
    [InlineData(16_000, 15_000)]
    public void A_tick_that_comes_three_seconds_late_says_for_how_long_the_process_stood_still(long elapsed, long expected) =>
        Assert.Equal(expected, new Standstill(TickedAt: 500).Until(500 + elapsed));
}
