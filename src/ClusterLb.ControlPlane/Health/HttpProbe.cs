using System.Globalization;
using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>Passes on an expected status. Redirects are not followed and the body is not read: it asks whether the process answers, not what it says.</summary>
internal sealed class HttpProbe : IProbe
{
    // A new connection for every check: a kept one could outlive the listener that is to be tested.
    private static readonly HttpMessageInvoker s_client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
    });

    public async Task<CheckResult> ProbeAsync(IPEndPoint endPoint, HealthConfig config, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{endPoint}{config.Path}") { Version = HttpVersion.Version11 };
        request.Headers.Host = config.Host.Length > 0 ? config.Host : null;
        request.Headers.ConnectionClose = true;
        request.Headers.TryAddWithoutValidation("User-Agent", "clusterlb-health");
        using var response = await s_client.SendAsync(request, cancellation);
        var status = (int)response.StatusCode;
        return new CheckResult(config.ExpectedStatus.Contains(status), string.Create(CultureInfo.InvariantCulture, $"status {status}"));
    }
}
