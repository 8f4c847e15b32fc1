using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Listeners;

public sealed class ConnectionGaugeTests
{
    [Fact]
    public void The_last_that_fits_makes_it_full_and_an_end_makes_room()
    {
        var gauge = new ConnectionGauge(2);
        Assert.True(gauge.TryOpen());
        Assert.Equal(Pressure.None, gauge.Pressure);
        Assert.True(gauge.TryOpen());
        Assert.Equal(Pressure.Full, gauge.Pressure);
        Assert.False(gauge.TryOpen());
        gauge.Close();
        Assert.Equal(Pressure.None, gauge.Pressure);
    }

    [Fact]
    public void What_is_accepted_whatever_the_limit_counts()
    {
        var gauge = new ConnectionGauge(1);
        gauge.Open();
        gauge.Open();
        gauge.Close();
        Assert.False(gauge.TryOpen());
        gauge.Close();
        Assert.True(gauge.TryOpen());
    }

    [Fact]
    public void However_many_loops_want_the_last_place_the_limit_holds()
    {
        const int limit = 3;
        var gauge = new ConnectionGauge(limit);
        var (open, most) = (0, 0);
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (!gauge.TryOpen()) continue;
                InterlockedMax(ref most, Interlocked.Increment(ref open));
                Interlocked.Decrement(ref open);
                gauge.Close();
            }
        });

        Assert.InRange(most, 1, limit);
        Assert.Equal(Pressure.None, gauge.Pressure);
    }

    [Theory]
    [InlineData(179, 200, nameof(Pressure.None))]
    [InlineData(180, 200, nameof(Pressure.Near))]
    [InlineData(190, 200, nameof(Pressure.Tight))]
    [InlineData(200, 200, nameof(Pressure.Full))]
    [InlineData(0, 1, nameof(Pressure.None))]
    [InlineData(1, 1, nameof(Pressure.Full))]
    [InlineData(9, 10, nameof(Pressure.Near))]
    [InlineData(long.MaxValue / 2, long.MaxValue, nameof(Pressure.None))]
    public void Nine_tenths_are_near_and_nineteen_twentieths_tight(long used, long limit, string pressure) =>
        Assert.Equal(pressure, Pressures.Of(used, limit).ToString());

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var found = Interlocked.CompareExchange(ref most, value, seen);
            if (found == seen) return;
            seen = found;
        }
    }
}
