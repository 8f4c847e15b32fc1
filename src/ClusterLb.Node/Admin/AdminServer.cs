using System.Security.Cryptography.X509Certificates;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Api;
using ClusterLb.Node.Takeover;
using ClusterLb.Node.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ClusterLb.Node.Admin;

/// <summary>
/// The admin port, on Kestrel: health of the node, metrics, and the API. It shares nothing with the listeners but what it reads.
/// </summary>
internal static class AdminServer
{
    /// <param name="whole">Where, and with which token.</param>
    /// <param name="metrics">Those of the admin port itself come last.</param>
    /// <param name="sockets">What the ports accept from.</param>
    /// <param name="readiness">For whoever sends clients here.</param>
    /// <param name="api">What there is beside health, metrics and the document.</param>
    /// <param name="logger">For bugs.</param>
    /// <exception cref="AdminBindException">A port cannot be opened.</exception>
    public static async Task<WebApplication> StartAsync(ClusterLbConfig whole, AdminSockets sockets, IReadOnlyList<IMetricSource> metrics,
        Readiness readiness, IEnumerable<ApiRoute> api, ILogger logger, TimeProvider time)
    {
        var config = whole.Node;
        // Whatever the environment says: pages for developers show headers and sources.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        var ports = PortsOf(whole, metrics, [.. HealthRoutes.Of(readiness)], api, time);
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Bound(kestrel.Limits);
            foreach (var port in ports)
            {
                kestrel.Listen(port.Bind, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    if (config.Admin.Tls.IsOn && ReferenceEquals(port.Bind, config.Admin.Bind))
                        listen.UseHttps(https => Trust(https, config.Admin.Tls));
                });
            }
        });
        if (config.Admin.Tls.IsOn) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IConnectionListenerFactory>(_ => new AdminTransport(ports, sockets, time));
        var app = builder.Build();
        var dispatcher = new Dispatcher(
            new AdminToken(config.Admin.Token, config.Admin.ReadToken), new BrowserGuard(!config.Admin.Token.IsNone), logger);
        app.Run(context =>
        {
            // Who asks again is to ask the process that answers now.
            if (!sockets.Door.IsOpen) context.Response.Headers.Connection = "close";
            return dispatcher.HandleAsync(context);
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>The health port has routes and room of its own: who hoards connections there keeps no operator out.</summary>
    private static List<AdminPort> PortsOf(ClusterLbConfig whole, IReadOnlyList<IMetricSource> metrics, IReadOnlyList<ApiRoute> health,
        IEnumerable<ApiRoute> api, TimeProvider time)
    {
        var config = whole.Node;
        var gate = new AdminGate(config.Admin, time);
        var healthPort = config.HealthBind is { } bind
            ? new AdminPort("health port", bind, BoundPorts.AlsoTakesIPv4(whole, bind),
                new AdminGate(config.Admin, time, "health port", "clusterlb_health_port"),
                new RouteTable(health))
            {
                Role = SocketRole.Health,
            }
            : null;
        IMetricSource[] all = [.. metrics, gate, .. healthPort is null ? [] : new[] { healthPort.Gate }];
        var adminPort = new AdminPort("admin port", config.Admin.Bind, BoundPorts.AlsoTakesIPv4(whole, config.Admin.Bind), gate,
            IndexRoutes.Beside([.. health, MetricsRoute.Of(new MetricsPage(all, time)), .. api]));
        return healthPort is null ? [adminPort] : [adminPort, healthPort];
    }

    private static void Trust(HttpsConnectionAdapterOptions https, AdminTlsConfig tls)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(tls.Certificate);
        (https.ServerCertificate, https.ServerCertificateChain) = (X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key), chain);
        // Whoever connects and says nothing.
        https.HandshakeTimeout = TimeSpan.FromSeconds(5);
    }

    /// <summary>No connection holds its place, nor much memory, by being slow or silent.</summary>
    private static void Bound(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = CommandBody.MaxBytes;
        limits.MaxRequestLineSize = 8 * 1024;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 50;
        limits.MaxRequestBufferSize = 32 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 4 * 1024, gracePeriod: TimeSpan.FromSeconds(10));
    }
}
