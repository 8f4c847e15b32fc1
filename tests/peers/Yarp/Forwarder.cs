using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace YarpReference;

/// <summary>YARP's core alone, as cheap as it gets: one handler, the forwarder, a counter for round robin.</summary>
internal static class Forwarder
{
    public static void Map(WebApplication app, IReadOnlyList<Entrance> entrances)
    {
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        var transformer = new ForwardedForTransformer();
        var byPort = entrances.ToDictionary(entrance => entrance.Port, entrance => entrance.Backends);
        var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(1),
        });
        var picks = 0u;

        app.Run(async context =>
        {
            var backends = byPort[context.Connection.LocalPort];
            var backend = backends[(int)(Interlocked.Increment(ref picks) % (uint)backends.Count)];
            await forwarder.SendAsync(context, backend, client, ForwarderRequestConfig.Empty, transformer);
        });
    }

    private sealed class ForwardedForTransformer : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        }
    }
}
