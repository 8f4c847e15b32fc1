using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// Asks with the kind of probe that the pool is configured for, at whichever of a backend's addresses can be connected to, as requests do.
/// </summary>
/// <param name="logger">Hears of bugs of probes; null = nobody does.</param>
internal sealed class ConfiguredCheck(ProbeRegistry probes, ProbePorts ports, ILogger? logger = null) : IBackendCheck
{
    public async Task<CheckResult?> ProbeAsync(Backend backend, HealthConfig config, CancellationToken stopping)
    {
        if (config.Probe is not { } options) return null;
        // Others may know its address: they are asked as witnesses.
        if (backend.NameProblem.Length > 0) return new CheckResult(false, backend.NameProblem);
        try
        {
            return await AskAsync(probes.Get(options.Type), backend, config, stopping).ConfigureAwait(false);
        }
        catch (Exception bug)
        {
            // Of the probe, and no evidence against a backend. One whose check never ended would never be checked again.
            if (!stopping.IsCancellationRequested) logger?.CheckFailed(options.Type, bug);
            return null;
        }
    }

    private async Task<CheckResult?> AskAsync(IProbe probe, Backend backend, HealthConfig config, CancellationToken stopping)
    {
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
