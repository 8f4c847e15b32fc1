using System.Net;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;

namespace ClusterLb.Node.Admin;

/// <summary>The admin port, on Kestrel: health of the node, metrics, and the API. It shares nothing with the listeners but what it reads.</summary>
internal static class AdminServer
{
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<WebApplication> StartAsync(AdminConfig config, SeriesLimit series, NodeState node, Func<StatusReport> status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(config.Bind, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(NodeMetrics.MeterName)
            .SetMaxMetricStreams(1_000)
            .AddView(instrument => new MetricStreamConfiguration { CardinalityLimit = series.Of(instrument.Name) })
            .AddPrometheusExporter(options =>
            {
                // Our names say _total where it belongs; the exporter adds it to the buckets of a histogram too.
                options.DisableTotalNameSuffixForCounters = true;
                options.ScrapeResponseCacheDurationMilliseconds = 0;
            }));
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower);
        var app = builder.Build();
        Map(app, config, node, status);
        await app.StartAsync();
        return app;
    }

    private static void Map(WebApplication app, AdminConfig config, NodeState node, Func<StatusReport> status)
    {
        var token = new AdminToken(config.Token);
        app.MapGet("/livez", () => "alive\n");
        app.MapGet("/readyz", () => node.Phase == NodePhase.Ready
            ? Results.Text("ready\n")
            : Results.Text($"{node.Phase.ToString().ToLowerInvariant()}\n", statusCode: (int)HttpStatusCode.ServiceUnavailable));
        app.MapPrometheusScrapingEndpoint("/metrics");
        var api = app.MapGroup("/api/v1");
        api.AddEndpointFilter(async (context, next) => token.Admits(context.HttpContext.Request.Headers.Authorization)
            ? await next(context)
            : Results.Text("401 Unauthorized: send the admin token as Authorization: Bearer TOKEN\n", statusCode: (int)HttpStatusCode.Unauthorized));
        api.MapGet("/status", () => status());
    }
}
