using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// This node's own way to a backend that others reach: excluded after failures in a row, back after passes in a row. A pure value.
/// </summary>
/// <param name="IsExcluded">This node does without it.</param>
/// <param name="Count">Results in a row that speak against <paramref name="IsExcluded"/> as it is.</param>
internal readonly record struct PathState(bool IsExcluded, int Count)
{
    public PathState Apply(bool passed, HealthConfig config)
    {
        if (passed != IsExcluded) return this with { Count = 0 };
        var needed = IsExcluded ? config.HealthyThreshold : config.UnhealthyThreshold;
        return Count + 1 >= needed ? new PathState(!IsExcluded, 0) : this with { Count = Count + 1 };
    }
}
