using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>How the monitor reaches backends.</summary>
internal interface IBackendCheck
{
    /// <summary>Asks once, within the checks' timeout. Null = nothing was learnt. Never throws.</summary>
    Task<CheckResult?> ProbeAsync(Backend backend, HealthConfig config, CancellationToken stopping);
}
