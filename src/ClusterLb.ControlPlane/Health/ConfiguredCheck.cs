using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// Asks with the kind of probe that the pool is configured for, at whichever of a backend's addresses can be connected to, as requests do.
/// </summary>
internal sealed class ConfiguredCheck(ProbeRegistry probes, ProbePorts ports) : IBackendCheck
{
    public async Task<CheckResult?> ProbeAsync(Backend backend, HealthConfig config, CancellationToken stopping)
    {
        if (config.Probe is not { } options) return null;
        // Others may know its address: they are asked as witnesses.
        if (backend.NameProblem.Length > 0) return new CheckResult(false, backend.NameProblem);
        var probe = probes.Get(options.Type);
        // Others may prefer another one meanwhile.
        var addresses = Enumerable.Range(0, backend.Addresses.Count).Select(backend.AddressAt).ToList();
        CheckResult? result = null;
        for (var i = 0; i < addresses.Count; i++)
        {
            result = await probe.ProbeAsync(ports, ProbeTarget.Of(backend, addresses[i], config), config, stopping).ConfigureAwait(false);
            if (result is not { } known || ProbeFailures.IsUnreached(known)) continue;
            if (i > 0 && known.Passed) backend.Prefer(addresses[i]);
            // A silent address had its whole time: the next check begins with another one.
            if (ProbeFailures.IsSilence(known)) backend.Prefer(addresses[(i + 1) % addresses.Count]);
            break;
        }

        return result;
    }
}
