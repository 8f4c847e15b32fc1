using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>Passes when a connection can be made.</summary>
internal sealed class TcpProbe : IProbe
{
    public string Type => "tcp";

    public ProbeOptions Read(IConfigurationBlock health) => new(Type, TellsFrozen: false);

    public async Task<CheckResult?> ProbeAsync(ProbePorts ports, IPEndPoint endPoint, HealthConfig config, CancellationToken cancellation)
    {
        var reply = await ports.Transport.AskAsync(endPoint, default, null, config.Timeout).ConfigureAwait(false);
        return reply.End == ProbeEnd.Answered ? new CheckResult(true, "connected") : ProbeFailures.Of(reply.End, config);
    }
}
