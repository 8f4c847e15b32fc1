using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>Asks with the kind of probe that the pool is configured for.</summary>
internal sealed class ConfiguredCheck(ProbeRegistry probes, ProbePorts ports) : IBackendCheck
{
    public Task<CheckResult?> ProbeAsync(Backend backend, HealthConfig config, CancellationToken stopping) => config.Probe is { } options
        ? probes.Get(options.Type).ProbeAsync(ports, ProbeTarget.Of(backend, config), config, stopping)
        : Task.FromResult<CheckResult?>(null);
}
