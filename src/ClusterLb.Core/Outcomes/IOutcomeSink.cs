using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Outcomes;

/// <summary>
/// Where the data plane reports failures: fire and forget, bounded, drops counted. Called on event loops; must not block or throw.
/// </summary>
public interface IOutcomeSink
{
    void Report(Backend backend, in Outcome outcome);
}
