using ClusterLb.Node.Telemetry;

namespace ClusterLb.Node.Admin;

/// <summary><c>/metrics</c>, for Prometheus and whoever reads its format.</summary>
/// <param name="sources">In the order in which they are shown.</param>
internal sealed class MetricsRoute(IReadOnlyList<IMetricSource> sources)
{
    public void Map(IEndpointRouteBuilder app) => app.MapMethods("/metrics", [HttpMethods.Get, HttpMethods.Head], AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = MetricWriter.ContentType;
        // Begun first, so that what is written goes to where it is sent from, and is copied nowhere.
        await context.Response.StartAsync(context.RequestAborted);
        var metrics = new MetricWriter(context.Response.BodyWriter);
        foreach (var source in sources) source.Write(metrics);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
