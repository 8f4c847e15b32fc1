using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using ClusterLb.Node.Api;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Admin;
using ClusterLb.Node.Tests.Api;
using ClusterLb.Node.Tests.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Commands;

/// <summary>With --json a command prints the answer of the API, which has a schema; the commands are those that there are.</summary>
public sealed class JsonTests
{
    /// <summary>They answer nothing: they go on until they are stopped, write files or for a shell, or end with the answer.</summary>
    private static readonly string[] s_withoutAnswer =
        ["run", "demo backend", "demo client", "demo-node", "secrets", "health", "completion", "complete"];

    /// <summary>Of every command that asks a node a good call, in this order, and the operation whose answer it prints.</summary>
    private static readonly (string Line, string Operation)[] s_walk =
    [
        ("status", "get_status"),
        ("explain --pool app", "explain"),
        ("sessions list --pool app", "list_sessions"),
        ("sessions show ann --pool app", "get_session"),
        ("sessions evict ann --pool app", "evict_session"),
        ("backend weight app/b1 7", "set_backend_weight"),
        ("backend drain app/b1 --timeout 1m", "set_backend_state"),
        ("sessions evacuate app/b1", "evacuate_backend"),
        ("sessions evacuate app/b1 --wait", "get_evacuation"),
        ("backend drain app/b1 --wait --timeout 0s", "get_backend"),
        ("backend maintain app/b1", "set_backend_state"),
        ("backend ready app/b1", "set_backend_state"),
        ("node drain test", "set_node_state"),
        ("node ready test", "set_node_state"),
        ("events", "list_events"),
    ];

    [Fact]
    public void Every_command_that_answers_has_the_option_and_is_tried_here()
    {
        var commands = LeavesOf(CommandLine.Root(), "").Where(one => !s_withoutAnswer.Contains(one.Line)).ToList();

        Assert.All(commands, one => Assert.True(one.Command.Options.Any(option => option.Name == "--json"), one.Line));
        Assert.All(commands, one => Assert.True(
            one.Line is "check" or "reload" or "upgrade"
                || s_walk.Any(tried => tried.Line.StartsWith(one.Line, StringComparison.Ordinal)), one.Line));
    }

    [Fact]
    public async Task What_is_printed_is_what_the_document_of_the_API_says()
    {
        await using var one = RawBackend.Start("b1");
        await using var two = RawBackend.Start("b2");
        await using var admin = await TestAdmin.StartWithASessionAsync(one, two);
        var document = JsonNode.Parse(await admin.Http.GetStringAsync(new Uri(OpenApiDocument.Path, UriKind.Relative)))!;

        foreach (var (line, operation) in s_walk)
        {
            var (exit, output, error) = await RunAsync([.. line.Split(' '), "--json", "--admin", admin.Url]);
            Assert.True(exit == 0, $"{line}: {exit} {error}");
            Assert.Equal((line, ""), (line, new SchemaCheck(document).Compare(JsonNode.Parse(output), SchemaOf(document, operation))));
        }
    }

    [Fact]
    public async Task What_check_found_is_JSON_too()
    {
        using var file = new ConfFile("clusterlb.node.event-loops = many");

        var (exit, output, error) = await RunAsync(["check", "--config", file.Path, "--json"]);

        Assert.Equal((1, ""), (exit, error));
        var answer = JsonNode.Parse(output)!.AsObject();
        Assert.Equal(["ok", "problems", "warnings"], answer.Select(key => key.Key));
        Assert.Contains(answer["problems"]!.AsArray(), problem => problem!["key"]!.GetValue<string>() == "clusterlb.node.event-loops");
    }

    [Fact]
    public async Task A_no_is_a_line_on_standard_error_and_no_JSON()
    {
        await using var admin = await TestAdmin.BuildAsync(Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1)));

        Assert.Equal((1, "", "there is no node \"lb9\"; nodes are test"),
            await RunAsync(["node", "drain", "lb9", "--json", "--admin", admin.Url]));
    }

    private static IEnumerable<(string Line, Command Command)> LeavesOf(Command command, string line) => command.Subcommands.Count == 0
        ? [(line, command)]
        : command.Subcommands.SelectMany(inner => LeavesOf(inner, $"{line} {inner.Name}".Trim()));

    private static JsonNode SchemaOf(JsonNode document, string operation) => document["paths"]!.AsObject()
        .SelectMany(path => path.Value!.AsObject()).Single(one => one.Value!["operationId"]!.GetValue<string>() == operation)
        .Value!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;

    private static async Task<(int Exit, string Output, string Error)> RunAsync(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await CommandLine.RunAsync(arguments,
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (exit, output.ToString().Trim(), error.ToString().Trim());
    }
}
