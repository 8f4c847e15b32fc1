using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>Every kind of probe there is. A new kind is a file, a line here, and its tests.</summary>
internal sealed class Probes(IProbeTransport transport, TimeProvider time) : IProber
{
    private readonly Dictionary<ProbeType, IProbe> _byType = new()
    {
        [ProbeType.Http] = new HttpProbe(transport),
        [ProbeType.Tcp] = new TcpProbe(transport),
        [ProbeType.Grpc] = new GrpcProbe(time),
    };

    public Task<CheckResult?> ProbeAsync(Backend backend, HealthConfig config, CancellationToken stopping) =>
        _byType.TryGetValue(config.Type, out var probe) ? probe.ProbeAsync(backend.EndPoint, config, stopping) : Task.FromResult<CheckResult?>(null);
}
