using System.Net;
using System.Text.Json;

namespace ClusterLb.Node.Admin;

/// <summary>
/// The body of a command: one JSON object, each of its keys taken once. The first problem is kept, in words for whoever sent it.
/// </summary>
internal sealed class CommandBody
{
    private readonly Dictionary<string, JsonElement> _members = [];

    public string Problem { get; private set; } = "";

    public HttpStatusCode Status { get; private set; } = HttpStatusCode.BadRequest;

    public bool IsGood => Problem.Length == 0;

    public static async Task<CommandBody> ReadAsync(HttpRequest request, params string[] keys)
    {
        var body = new CommandBody();
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                body.Report($"the body must be a JSON object with {string.Join(", ", keys)}");
            else foreach (var member in document.RootElement.EnumerateObject()) body.Add(member, keys);
        }
        catch (JsonException)
        {
            body.Report($"the body is no JSON; it must be an object with {string.Join(", ", keys)}");
        }
        catch (BadHttpRequestException failure)
        {
            var isTooLong = failure.StatusCode == (int)HttpStatusCode.RequestEntityTooLarge;
            body.Report(isTooLong ? $"the body is longer than {AdminServer.MaxBodyBytes} bytes" : "the body could not be read");
            body.Status = (HttpStatusCode)failure.StatusCode;
        }

        request.HttpContext.Features.Get<AdminVisit>()?.BeginRequest();
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

    public void Report(string problem)
    {
        if (IsGood) Problem = problem;
    }

    /// <summary>What is asked for is well said, and is not done.</summary>
    public void Refuse(string why)
    {
        if (IsGood) (Problem, Status) = (why, HttpStatusCode.Conflict);
    }

    /// <summary>A value as it was sent, for a problem.</summary>
    public string TextOf(string key) => Take(key)?.GetRawText() ?? "missing";

    private void Add(JsonProperty member, string[] keys)
    {
        if (!keys.Contains(member.Name)) Report($"\"{member.Name}\" is no key of this command; it has {string.Join(", ", keys)}");
        else if (!_members.TryAdd(member.Name, member.Value.Clone())) Report($"\"{member.Name}\" is there twice");
    }
}
