using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace ClusterLb.Node.Api;

/// <summary>
/// The body of a command: one JSON object, each of its keys taken once. The first problem is kept, in words for whoever sent it.
/// </summary>
internal sealed class CommandBody
{
    /// <summary>A command is a line; nobody may fill the memory through it.</summary>
    public const int MaxBytes = 4 * 1024;

    private readonly Dictionary<string, JsonElement> _members = [];

    /// <summary>Null when it is good.</summary>
    public Problem? Problem { get; private set; }

    /// <param name="keys">It may have; none = the route takes no body, and what comes is not read.</param>
    public static async Task<CommandBody> ReadAsync(HttpRequest request, IReadOnlyList<BodyKey> keys)
    {
        var body = new CommandBody();
        if (keys.Count == 0) return body;
        var names = string.Join(", ", keys.Select(key => key.Name));
        body.CheckHead(request, names);
        if (body.Problem is not null) return body;
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            if (document.RootElement.ValueKind != JsonValueKind.Object) body.Report($"the body must be a JSON object with {names}");
            else foreach (var member in document.RootElement.EnumerateObject()) body.Add(member, keys, names);
        }
        catch (JsonException)
        {
            body.Report($"the body is no JSON; it must be an object with {names}");
        }
        catch (InvalidOperationException)
        {
            body.Report("the body holds a text that is no Unicode: bytes that are no UTF-8, or half of a surrogate pair");
        }
        catch (BadHttpRequestException failure) when (failure.StatusCode == (int)HttpStatusCode.RequestEntityTooLarge)
        {
            body.Refuse(ProblemKind.TooLarge, $"the body is longer than {MaxBytes} bytes");
        }
        catch (BadHttpRequestException)
        {
            body.Report("the body could not be read");
        }

        return body;
    }

    /// <summary>Null when it is not there.</summary>
    public JsonElement? Take(string key) => _members.TryGetValue(key, out var value) ? value : null;

    /// <summary>Empty and a problem when it is not there or another.</summary>
    public string Choice(string key, params string[] legal)
    {
        var text = Take(key) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";
        if (legal.Contains(text)) return text;
        Report($"{key} is {TextOf(key)}; it must be one of {string.Join(", ", legal)}");
        return "";
    }

    /// <summary>False when it is not there; a problem when it is neither true nor false.</summary>
    public bool Flag(string key)
    {
        if (Take(key) is not { } value) return false;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) Report($"{key} is {TextOf(key)}; it must be true or false");
        return value.ValueKind == JsonValueKind.True;
    }

    public void Report(string problem) => Refuse(ProblemKind.BadRequest, problem);

    /// <summary>What is asked for may be well said, and is not done.</summary>
    public void Refuse(ProblemKind kind, string why) => Problem ??= Api.Problem.Of(kind, why);

    /// <summary>A value as it was sent, for a problem.</summary>
    public string TextOf(string key) => Take(key)?.GetRawText() ?? "missing";

    private void CheckHead(HttpRequest request, string names)
    {
        var hasBody = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        if (!hasBody && request.ContentLength is null)
        {
            Refuse(ProblemKind.NoLength,
                $"there is no body; it must be a JSON object with {names}, and Content-Length or chunked must say that it is there");
        }
        else if (hasBody && request.ContentType is { Length: > 0 } && !request.HasJsonContentType())
        {
            Refuse(ProblemKind.OtherMediaType, $"Content-Type is \"{request.ContentType}\"; it must be application/json (curl --json)");
        }
    }

    /// <exception cref="InvalidOperationException">
    /// Its name or value is no text. JSON's grammar allows that (RFC 8259 section 8.2), and a document tells it only who asks.
    /// </exception>
    private void Add(JsonProperty member, IReadOnlyList<BodyKey> keys, string names)
    {
        _ = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : member.Value.GetRawText();
        if (!keys.Any(key => key.Name == member.Name)) Report($"\"{member.Name}\" is no key of this command; it has {names}");
        else if (!_members.TryAdd(member.Name, member.Value.Clone())) Report($"\"{member.Name}\" is there twice");
    }
}
