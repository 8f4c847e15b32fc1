using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClusterLb.Node.Admin;

/// <summary>
/// The admin port, on Kestrel: health of the node, metrics, and the API. It shares nothing with the listeners but what it reads.
/// </summary>
internal static class AdminServer
{
    /// <summary>A command is a line; nobody may fill the memory through this port.</summary>
    public const int MaxBodyBytes = 4 * 1024;

    /// <param name="config">Where, and with which token.</param>
    /// <param name="metrics">Those of the admin port itself come last.</param>
    /// <param name="readiness">For whoever sends clients here.</param>
    /// <param name="routes">Each maps its part of the API.</param>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<WebApplication> StartAsync(AdminConfig config, IReadOnlyList<IMetricSource> metrics, Readiness readiness,
        TimeProvider time,
        params Action<RouteGroupBuilder>[] routes)
    {
        // Whatever the environment says: pages for developers show headers and sources.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Bound(kestrel.Limits);
            kestrel.Listen(config.Bind, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var gate = new AdminGate(config, time);
        builder.Services.AddSingleton<IConnectionListenerFactory>(_ => new AdminTransport(gate, time));
        builder.Services.ConfigureHttpJsonOptions(options => AdminJson.Configure(options.SerializerOptions));
        var app = builder.Build();
        Map(app, config, readiness, routes);
        new MetricsRoute([.. metrics, gate]).Map(app);
        await app.StartAsync();
        return app;
    }

    /// <summary>No connection holds its place, nor much memory, by being slow or silent.</summary>
    private static void Bound(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = MaxBodyBytes;
        limits.MaxRequestLineSize = 8 * 1024;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 50;
        limits.MaxRequestBufferSize = 32 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 4 * 1024, gracePeriod: TimeSpan.FromSeconds(10));
    }

    private static void Map(WebApplication app, AdminConfig config, Readiness readiness, Action<RouteGroupBuilder>[] routes)
    {
        var token = new AdminToken(config.Token.Plain);
        var guard = new BrowserGuard(hasToken: !config.Token.IsNone);
        app.Use(async (context, next) =>
        {
            var visit = context.Features.GetRequiredFeature<AdminVisit>();
            if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true) visit.AwaitBody();
            else visit.BeginRequest();
            try
            {
                await next(context);
            }
            finally
            {
                visit.EndRequest();
            }
        });
        app.MapGet("/livez", () => "alive\n");
        app.MapGet("/readyz", async () => await readiness.WhyNotAsync() is { Length: > 0 } problem
            ? Answer.Of(HttpStatusCode.ServiceUnavailable, problem)
            : Results.Text("ready\n"));
        var api = app.MapGroup("/api/v1");
        api.AddEndpointFilter(async (context, next) => token.Admits(context.HttpContext.Request.Headers.Authorization)
            ? await next(context)
            : Results.Text("401 Unauthorized: send the admin token as Authorization: Bearer TOKEN\n",
                statusCode: (int)HttpStatusCode.Unauthorized));
        api.AddEndpointFilter(async (context, next) => guard.RefusalOf(context.HttpContext.Request) is { } refusal
            ? Answer.Of(HttpStatusCode.Forbidden, refusal)
            : await next(context));
        foreach (var map in routes) map(api);
    }
}
