using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Listeners;

public sealed class ConnectionGaugeTests
{
    [Fact]
    public void The_last_that_fits_says_so_and_an_end_makes_room()
    {
        var gauge = new ConnectionGauge(2);
        Assert.Equal(Pressure.None, gauge.Open());
        Assert.Equal(Pressure.Full, gauge.Open());
        Assert.Equal(Pressure.Full, gauge.Pressure);
        gauge.Close();
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
}
