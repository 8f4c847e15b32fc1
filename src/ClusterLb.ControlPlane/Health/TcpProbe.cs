using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>Passes when a connection can be made.</summary>
internal sealed class TcpProbe(IProbeTransport transport) : IProbe
{
    public async Task<CheckResult?> ProbeAsync(IPEndPoint endPoint, HealthConfig config, CancellationToken cancellation)
    {
        var reply = await transport.AskAsync(endPoint, default, null, config.Timeout).ConfigureAwait(false);
        return reply.End == ProbeEnd.Answered ? new CheckResult(true, "connected") : ProbeFailures.Of(reply.End, config);
    }
}
