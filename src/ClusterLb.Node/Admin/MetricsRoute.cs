using ClusterLb.Node.Api;
using ClusterLb.Node.Telemetry;

namespace ClusterLb.Node.Admin;

/// <summary><c>/metrics</c>, for Prometheus and whoever reads its format.</summary>
internal static class MetricsRoute
{
    /// <param name="sources">In the order in which they are shown.</param>
    public static ApiRoute Of(IReadOnlyList<IMetricSource> sources) =>
        new(HttpMethods.Get, "/metrics", "get_metrics", "Every figure of this node, for Prometheus.",
            call => AnswerAsync(call.Context, sources))
        { MediaTypes = ["text/plain"] };

    private static async Task AnswerAsync(HttpContext context, IReadOnlyList<IMetricSource> sources)
    {
        context.Response.ContentType = MetricWriter.ContentType;
        // Begun first, so that what is written goes to where it is sent from, and is copied nowhere.
        await context.Response.StartAsync(context.RequestAborted);
        var metrics = new MetricWriter(context.Response.BodyWriter);
        foreach (var source in sources) source.Write(metrics);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
