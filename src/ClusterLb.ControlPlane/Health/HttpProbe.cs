using System.Globalization;
using System.Net;
using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// Passes on an expected status. Redirects are not followed and the body is not read: it asks whether the process answers, not what it
/// says. On a new connection for every check: a kept one could outlive the listener that is to be tested.
/// </summary>
internal sealed class HttpProbe(IProbeTransport transport) : IProbe
{
    public async Task<CheckResult?> ProbeAsync(IPEndPoint endPoint, HealthConfig config, CancellationToken cancellation)
    {
        var reply = await transport.AskAsync(endPoint, Request(endPoint, config), StatusReader.Read, config.Timeout).ConfigureAwait(false);
        if (reply.End != ProbeEnd.Answered) return ProbeFailures.Of(reply.End, config);
        return reply.Answer == StatusReader.NotHttp
            ? new CheckResult(false, "not HTTP")
            : new CheckResult(config.ExpectedStatus.Contains(reply.Answer), string.Create(CultureInfo.InvariantCulture, $"status {reply.Answer}"));
    }

    private static byte[] Request(IPEndPoint endPoint, HealthConfig config) => Encoding.ASCII.GetBytes(
        $"GET {config.Path} HTTP/1.1\r\nHost: {(config.Host.Length > 0 ? config.Host : endPoint)}\r\nUser-Agent: clusterlb-health\r\nConnection: close\r\n\r\n");
}
