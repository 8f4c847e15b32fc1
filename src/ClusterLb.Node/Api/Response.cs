using System.Net;
using System.Text.Json;

namespace ClusterLb.Node.Api;

/// <summary>Writes whole answers, so that each has its length.</summary>
internal static class Response
{
    public static Task WriteAsync<T>(HttpContext context, T value) where T : class =>
        WriteAsync(context, HttpStatusCode.OK, "application/json; charset=utf-8",
            JsonSerializer.SerializeToUtf8Bytes(value, ApiJson.Options));

    public static Task WriteAsync(HttpContext context, Problem problem) =>
        WriteAsync(context, (HttpStatusCode)problem.Status, Problem.MediaType,
            JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Options));

    public static async Task WriteAsync(HttpContext context, HttpStatusCode status, string mediaType, byte[] body)
    {
        var response = context.Response;
        (response.StatusCode, response.ContentType, response.ContentLength) = ((int)status, mediaType, body.Length);
        // It is true now and in a second no more.
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
