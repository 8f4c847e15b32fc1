using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace ClusterLb.Node.Api;

/// <summary>What a table of routes looks like to programs: OpenAPI 3.1.</summary>
internal sealed class OpenApiDocument
{
    public const string Path = ApiRoute.Root + "/openapi.json";

    private readonly SchemaBook _schemas = new();

    private OpenApiDocument()
    {
    }

    /// <param name="version">Of this program.</param>
    public static JsonObject Of(RouteTable table, string version)
    {
        var document = new OpenApiDocument();
        var paths = new JsonObject(table.Routes.GroupBy(route => route.Path).Select(group => KeyValuePair.Create(group.Key,
            (JsonNode?)new JsonObject(group.Select(route =>
                KeyValuePair.Create(route.Method.ToLowerInvariant(), (JsonNode?)document.Operation(route)))))));
        document.Problem();
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "ClusterLb admin port",
                ["version"] = version,
                ["description"] = "Any node answers for the whole cluster. Every path answers OPTIONS, and HEAD where it answers GET. "
                    + "Errors are problems as in RFC 9457.",
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = document._schemas.Records,
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["description"] = "node.admin.token, or node.admin.read-token for GET; a node on a loopback address may have none.",
                    },
                },
            },
        };
    }

    private JsonObject Operation(ApiRoute route)
    {
        var operation = new JsonObject
        {
            ["operationId"] = route.Id,
            ["summary"] = route.Summary,
            ["parameters"] = new JsonArray([.. RouteTable.NamesIn(route.Path).Select(name => Parameter("path", ApiParameter.InPath(name))),
                .. route.Query.Select(parameter => Parameter("query", parameter))]),
            ["responses"] = Responses(route),
            ["security"] = route.IsGuarded ? new JsonArray(new JsonObject(), new JsonObject { ["token"] = new JsonArray() }) : [],
        };
        if (route.Body.Count > 0) operation["requestBody"] = Body(route.Body);
        return operation;
    }

    private static JsonObject Parameter(string place, ApiParameter parameter) => new()
    {
        ["name"] = parameter.Name,
        ["in"] = place,
        ["description"] = parameter.Description,
        ["required"] = parameter.IsRequired,
        ["schema"] = parameter.Schema.DeepClone(),
    };

    private static JsonObject Body(IReadOnlyList<BodyKey> keys) => new()
    {
        ["required"] = true,
        ["content"] = Content("application/json", new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(keys.Select(key =>
            {
                var schema = key.Schema.DeepClone();
                schema["description"] = key.Description;
                return KeyValuePair.Create(key.Name, (JsonNode?)schema);
            })),
            ["required"] = new JsonArray([.. keys.Where(key => key.IsRequired).Select(key => JsonValue.Create(key.Name))]),
            ["additionalProperties"] = false,
        }),
    };

    private JsonObject Responses(ApiRoute route)
    {
        var responses = new JsonObject();
        foreach (var status in route.Statuses)
        {
            responses[Number((int)status)] = new JsonObject
            {
                ["description"] = ReasonPhrases.GetReasonPhrase((int)status),
                ["content"] = new JsonObject(route.MediaTypes.Select(type => KeyValuePair.Create(type, (JsonNode?)new JsonObject
                {
                    ["schema"] = route.Answer is null ? new JsonObject { ["type"] = "string" } : _schemas.Of(route.Answer),
                }))),
            };
        }

        foreach (var kinds in ProblemsOf(route).GroupBy(kind => kind.Status).OrderBy(group => group.Key))
        {
            responses[Number((int)kinds.Key)] = new JsonObject
            {
                ["description"] = string.Join("; or: ", kinds.Select(kind => $"{kind.Title} ({kind.Name})")),
                ["content"] = Content(Api.Problem.MediaType, _schemas.Of(typeof(Problem))),
            };
        }

        return responses;
    }

    private static IEnumerable<ProblemKind> ProblemsOf(ApiRoute route)
    {
        IEnumerable<ProblemKind> problems = route.Problems;
        if (route.IsGuarded) problems = problems.Append(ProblemKind.NoToken).Append(ProblemKind.ForeignHost);
        if (route.IsGuarded && route.Method == HttpMethods.Post)
            problems = problems.Append(ProblemKind.ForeignPage).Append(ProblemKind.ReadOnly);
        if (route.Body.Count > 0)
        {
            problems = problems.Append(ProblemKind.BadRequest).Append(ProblemKind.NoLength).Append(ProblemKind.TooLarge)
                .Append(ProblemKind.OtherMediaType);
        }

        return problems.Append(ProblemKind.Bug).Distinct();
    }

    /// <summary>Which types there are is part of the schema.</summary>
    private void Problem()
    {
        _schemas.Of(typeof(Problem));
        _schemas.Say(typeof(Problem), "type", new JsonObject
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. ProblemKind.All.Select(kind => JsonValue.Create(kind.Type))]),
        });
    }

    private static JsonObject Content(string mediaType, JsonNode schema) =>
        new() { [mediaType] = new JsonObject { ["schema"] = schema } };

    private static string Number(int status) => status.ToString(CultureInfo.InvariantCulture);
}
