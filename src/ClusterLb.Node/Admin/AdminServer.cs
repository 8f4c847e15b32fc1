using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;

namespace ClusterLb.Node.Admin;

/// <summary>The admin port, on Kestrel: health of the node, metrics, and the API. It shares nothing with the listeners but what it reads.</summary>
internal static class AdminServer
{
    /// <summary>A command is a line; nobody may fill the memory through this port.</summary>
    public const int MaxBodyBytes = 4 * 1024;

    /// <param name="config">Where, and with which token.</param>
    /// <param name="series">For metrics.</param>
    /// <param name="node">For readiness.</param>
    /// <param name="routes">Each maps its part of the API.</param>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<WebApplication> StartAsync(AdminConfig config, SeriesLimit series, NodeState node, params Action<RouteGroupBuilder>[] routes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
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
        builder.Services.ConfigureHttpJsonOptions(options => AdminJson.Configure(options.SerializerOptions));
        var app = builder.Build();
        Map(app, config, node, routes);
        await app.StartAsync();
        return app;
    }

    private static void Map(WebApplication app, AdminConfig config, NodeState node, Action<RouteGroupBuilder>[] routes)
    {
        var token = new AdminToken(config.Token);
        var guard = new BrowserGuard(hasToken: config.Token.Length > 0);
        app.MapGet("/livez", () => "alive\n");
        app.MapGet("/readyz", () => node.Phase == NodePhase.Ready
            ? Results.Text("ready\n")
            : Results.Text($"{node.Word}\n", statusCode: (int)HttpStatusCode.ServiceUnavailable));
        app.MapPrometheusScrapingEndpoint("/metrics");
        var api = app.MapGroup("/api/v1");
        api.AddEndpointFilter(async (context, next) => token.Admits(context.HttpContext.Request.Headers.Authorization)
            ? await next(context)
            : Results.Text("401 Unauthorized: send the admin token as Authorization: Bearer TOKEN\n", statusCode: (int)HttpStatusCode.Unauthorized));
        api.AddEndpointFilter(async (context, next) => guard.RefusalOf(context.HttpContext.Request) is { } refusal
            ? Answer.Of(HttpStatusCode.Forbidden, refusal)
            : await next(context));
        foreach (var map in routes) map(api);
    }
}
