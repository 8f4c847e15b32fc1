using System.Net;
using System.Text.Json.Nodes;
using ClusterLb.Node.Api;
using ClusterLb.Node.Tests.Admin;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Api;

/// <summary>The document is made from the routes; here it is held against what they answer.</summary>
public sealed class OpenApiDocumentTests
{
    private const string B1 = "/api/v1/pools/app/backends/b1";

    /// <summary>A good request to every route, in this order.</summary>
    private static readonly Dictionary<string, (string Path, string? Body)> s_walk = new()
    {
        ["get_index"] = ("/", null),
        ["get_openapi"] = (OpenApiDocument.Path, null),
        ["is_alive"] = ("/livez", null),
        ["is_ready"] = ("/readyz", null),
        ["get_metrics"] = ("/metrics", null),
        ["get_status"] = ("/api/v1/status", null),
        ["list_nodes"] = ("/api/v1/nodes", null),
        ["list_pools"] = ("/api/v1/pools", null),
        ["get_pool"] = ("/api/v1/pools/app", null),
        ["get_backend"] = (B1, null),
        ["explain"] = ("/api/v1/explain?pool=app", null),
        ["list_sessions"] = ("/api/v1/sessions?pool=app&limit=5", null),
        ["get_session"] = ("/api/v1/sessions/show?pool=app&key=ann", null),
        ["evict_session"] = ("/api/v1/sessions/evict?pool=app&key=ann", "{}"),
        ["set_backend_weight"] = ($"{B1}/weight", """{"weight":7,"force":true}"""),
        ["set_backend_state"] = ($"{B1}/state", """{"state":"draining","timeout":"1m","mode":"sessions","force":false}"""),
        ["evacuate_backend"] = ($"{B1}/evacuate", """{"rate":1000}"""),
        ["get_evacuation"] = ($"{B1}/evacuate", null),
        ["list_events"] = ("/api/v1/events", null),
        ["set_node_state"] = ("/api/v1/nodes/test/state", """{"state":"ready"}"""),
    };

    [Fact]
    public async Task Every_route_answers_as_the_document_says()
    {
        await using var one = RawBackend.Start("b1");
        await using var two = RawBackend.Start("b2");
        await using var admin = await TestAdmin.StartWithASessionAsync(one, two);
        var document = await ReadAsync(admin);
        var operations = OperationsOf(document).ToList();

        Assert.Equal(operations.Select(operation => operation.Id).Order(), s_walk.Keys.Order());
        foreach (var (id, (path, body)) in s_walk)
        {
            var operation = operations.Single(operation => operation.Id == id);
            if (body is not null && operation.Node["requestBody"]?["content"]!["application/json"]!["schema"] is { } schema)
                Assert.Equal("", new SchemaCheck(document).Compare(JsonNode.Parse(body), schema));
            // The client compares the answer with the document.
            var (status, text) = body is null ? await admin.AskAsync(path) : await admin.PostAsync(path, body);
            Assert.True(status == HttpStatusCode.OK, $"{id}: {status} {text}");
        }
    }

    [Fact]
    public async Task Every_key_is_in_snake_case_and_every_reference_leads_somewhere()
    {
        await using var admin = await TestAdmin.BuildAsync(Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1)));
        var document = await ReadAsync(admin);
        var schemas = document["components"]!["schemas"]!.AsObject();

        Assert.Equal("3.1.0", document["openapi"]!.GetValue<string>());
        Assert.All(schemas.SelectMany(schema => schema.Value!["properties"]!.AsObject()), key => Assert.Matches("^[a-z_]+$", key.Key));
        Assert.All(Every(document, "$ref"), reference => Assert.Contains(reference.GetValue<string>().Split('/')[^1], schemas));
        Assert.Equal(ProblemKind.All.Select(kind => kind.Type),
            schemas["Problem"]!["properties"]!["type"]!["enum"]!.AsArray().Select(type => type!.GetValue<string>()));
    }

    [Fact]
    public async Task A_key_of_its_own_name_may_be_null_only_where_the_document_says_so()
    {
        await using var admin = await TestAdmin.BuildAsync(Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1)));
        var backend = (await ReadAsync(admin))["components"]!["schemas"]!["BackendReport"]!["properties"]!;

        Assert.Equal("""{"anyOf":[{"$ref":"#/components/schemas/DrainReport"},{"type":"null"}]}""", Bare(backend["drain"]));
        Assert.Equal("""{"type":"string"}""", Bare(backend["reason"]));
        Assert.Equal("""{"type":"object","additionalProperties":{"type":"integer"}}""", Bare(backend["in_flight_by_node"]));
    }

    [Fact]
    public async Task Every_key_of_every_answer_is_described_by_a_sentence()
    {
        await using var admin = await TestAdmin.BuildAsync(Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1)));
        var keys = (await ReadAsync(admin))["components"]!["schemas"]!.AsObject()
            .SelectMany(schema => schema.Value!["properties"]!.AsObject().Select(key => ($"{schema.Key}.{key.Key}", key.Value!))).ToList();

        Assert.True(keys.Count > 90, $"{keys.Count} keys");
        Assert.All(keys, key => Assert.Matches(@"^[\w-]+ ?.*\.$", $"{key.Item2["description"]}"));
        Assert.Equal("How long it has been in that state, in seconds; 0 or more.",
            keys.Single(key => key.Item1 == "BackendReport.since_seconds").Item2["description"]!.GetValue<string>());
        Assert.NotNull(keys.Single(key => key.Item1 == "StatusReport.nodes").Item2["items"]!["$ref"]);
        Assert.Null(keys.Single(key => key.Item1 == "StatusReport.nodes").Item2["items"]!["description"]);
    }

    [Fact]
    public void Two_routes_of_one_path_and_method_or_of_one_id_are_a_mistake()
    {
        var route = new ApiRoute("GET", "/a", "a", "A.", _ => Task.CompletedTask);

        Assert.Throws<ArgumentException>(() => new RouteTable([route, route with { Id = "b" }]));
        Assert.Throws<ArgumentException>(() => new RouteTable([route, route with { Path = "/b" }]));
    }

    /// <summary>Without its description.</summary>
    private static string Bare(JsonNode? schema)
    {
        var bare = schema!.DeepClone().AsObject();
        bare.Remove("description");
        return bare.ToJsonString();
    }

    private static async Task<JsonNode> ReadAsync(TestAdmin admin) =>
        JsonNode.Parse(await admin.Http.GetStringAsync(new Uri(OpenApiDocument.Path, UriKind.Relative)))!;

    private static IEnumerable<(string Id, JsonNode Node)> OperationsOf(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject())
            .Select(operation => (operation.Value!["operationId"]!.GetValue<string>(), operation.Value!));

    private static IEnumerable<JsonNode> Every(JsonNode? node, string key) => node switch
    {
        JsonObject one => one.SelectMany(member => member.Key == key ? [member.Value!] : Every(member.Value, key)),
        JsonArray several => several.SelectMany(item => Every(item, key)),
        _ => [],
    };
}
