using ClusterLb.ControlPlane.Membership;

namespace ClusterLb.ControlPlane.Tests.Membership;

public sealed class SeedSilenceTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(29_999, 0)]
    [InlineData(30_000, 5_000)]
    [InlineData(86_400_000, 5_000)]
    public void A_seed_is_knocked_at_in_every_round_at_first_and_every_5_seconds_later(long silent, long interval) =>
        Assert.Equal(interval, SeedSilence.IntervalAfter(silent));

    [Fact]
    public void The_time_counts_from_the_last_knock()
    {
        Assert.True(new SeedSilence(0, 1_000).IsDue(1_400));
        Assert.False(new SeedSilence(0, 30_000).IsDue(34_999));
        Assert.True(new SeedSilence(0, 30_000).IsDue(35_000));
    }
}
