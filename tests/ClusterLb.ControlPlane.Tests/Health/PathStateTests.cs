using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class PathStateTests
{
    private static readonly HealthConfig s_config = Configs.Pool.Health with { HealthyThreshold = 2, UnhealthyThreshold = 3 };

    [Theory]
    [InlineData("--", false)]
    [InlineData("---", true)]
    [InlineData("--+--", false)]
    [InlineData("---+", true)]
    [InlineData("---++", false)]
    [InlineData("---+-+", true)]
    public void Failures_in_a_row_exclude_and_passes_in_a_row_include(string results, bool isExcluded)
    {
        var path = default(PathState);
        foreach (var result in results) path = path.Apply(result == '+', s_config);

        Assert.Equal(isExcluded, path.IsExcluded);
    }
}
