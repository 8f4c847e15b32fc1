using ClusterLb.Core.Health;

namespace ClusterLb.Core.Tests.Health;

public class EjectionLimitTests
{
    [Theory]
    [InlineData(50, 1, 0, false)]
    [InlineData(100, 1, 0, false)]
    [InlineData(50, 2, 0, true)]
    [InlineData(50, 2, 1, false)]
    [InlineData(50, 3, 1, false)]
    [InlineData(100, 3, 2, true)]
    [InlineData(10, 9, 0, false)]
    [InlineData(10, 10, 0, true)]
    [InlineData(0, 100, 0, false)]
    public void One_more_must_still_be_within_the_share(int percent, int inService, int outOfIt, bool allowed) =>
        Assert.Equal(allowed, EjectionLimit.AllowsOneMore(percent, inService, outOfIt));
}
