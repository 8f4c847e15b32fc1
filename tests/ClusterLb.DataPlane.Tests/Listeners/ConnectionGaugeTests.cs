using ClusterLb.DataPlane.Listeners;

namespace ClusterLb.DataPlane.Tests.Listeners;

public sealed class ConnectionGaugeTests
{
    [Fact]
    public void The_last_that_fits_says_so_and_an_end_makes_room()
    {
        var gauge = new ConnectionGauge(2);
        Assert.False(gauge.Open());
        Assert.False(gauge.IsFull);
        Assert.True(gauge.Open());
        Assert.True(gauge.IsFull);
        gauge.Close();
        Assert.False(gauge.IsFull);
    }
}
