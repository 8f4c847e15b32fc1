using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>Passes when a connection can be made.</summary>
internal sealed class TcpProbe : IProbe
{
    public string Type => "tcp";

    public ProbeOptions Read(IConfigurationBlock health) => new(Type, TellsFrozen: false);

    public async Task<CheckResult?> ProbeAsync(ProbePorts ports, ProbeTarget target, HealthConfig config, CancellationToken cancellation)
    {
        var reply = await ports.Transport.AskAsync(target.EndPoint, null, config.Timeout).ConfigureAwait(false);
        return reply.End == ProbeEnd.Answered ? new CheckResult(true, "connected") : ProbeFailures.Of(reply.End, config);
    }
}
