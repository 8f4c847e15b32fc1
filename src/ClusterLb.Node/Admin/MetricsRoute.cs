using ClusterLb.Node.Api;
using ClusterLb.Node.Telemetry;

namespace ClusterLb.Node.Admin;

/// <summary><c>/metrics</c>, for Prometheus and whoever reads its format.</summary>
internal static class MetricsRoute
{
    /// <summary>A reader that is slow holds this much of the page in a buffer of its own, and not all of it.</summary>
    private const int PieceBytes = 64 * 1024;

    public static ApiRoute Of(MetricsPage page) =>
        new(HttpMethods.Get, "/metrics", "get_metrics", "Every figure of this node, for Prometheus.",
            call => AnswerAsync(call.Context, page))
        { MediaTypes = ["text/plain"] };

    private static async Task AnswerAsync(HttpContext context, MetricsPage page)
    {
        var rest = await page.ReadAsync();
        context.Response.ContentType = MetricWriter.ContentType;
        context.Response.ContentLength = rest.Length;
        for (; rest.Length > 0; rest = rest[Math.Min(PieceBytes, rest.Length)..])
            await context.Response.BodyWriter.WriteAsync(rest[..Math.Min(PieceBytes, rest.Length)], context.RequestAborted);
    }
}
