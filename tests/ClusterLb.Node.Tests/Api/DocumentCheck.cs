using System.Net;
using System.Text.Json.Nodes;
using ClusterLb.Node.Api;

namespace ClusterLb.Node.Tests.Api;

/// <summary>A client that believes nothing: each answer must be one that the port's own document announces, body and all.</summary>
internal sealed class DocumentCheck() : DelegatingHandler(new SocketsHttpHandler())
{
    /// <summary>Answers of what is before the routes: they are documented once, not for every route.</summary>
    private static readonly HttpStatusCode[] s_everywhere = [HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed];

    private JsonNode? _document;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        if (request.Method == HttpMethod.Get || request.Method == HttpMethod.Post) await CheckAsync(request, response, cancellationToken);
        return response;
    }

    private async Task CheckAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var document = _document ??= await ReadDocumentAsync(request.RequestUri!, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var (status, mediaType) = ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType);
        var path = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath);
        var operation = document["paths"]!.AsObject().FirstOrDefault(one => IsOf(one.Key, path)).Value
            ?[request.Method.Method.ToLowerInvariant()];
        var answer = operation?["responses"]?[$"{status}"];
        if (answer is null)
        {
            Assert.True(s_everywhere.Contains(response.StatusCode), $"{request.Method} {path} answers {status}: the document does not");
            answer = new JsonObject
            {
                ["content"] = new JsonObject
                {
                    [Problem.MediaType] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Problem" } },
                },
            };
        }

        var schema = answer["content"]?[mediaType ?? ""]?["schema"];
        Assert.True(schema is not null, $"{request.Method} {path} answers {status} as {mediaType}: the document does not");
        var value = mediaType!.EndsWith("json", StringComparison.Ordinal) ? JsonNode.Parse(text) : JsonValue.Create(text);
        Assert.Equal("", new SchemaCheck(document).Compare(value, schema!));
        if (mediaType == Problem.MediaType) Assert.Equal(status, (int)value!["status"]!);
    }

    private async Task<JsonNode> ReadDocumentAsync(Uri uri, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(uri, OpenApiDocument.Path));
        using var response = await base.SendAsync(request, cancellationToken);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
    }

    private static bool IsOf(string template, string path) => template.Split('/') is var names && path.Split('/') is var parts
        && names.Length == parts.Length && names.Zip(parts).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second);
}
