using System.Net;
using System.Text.Json;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Admin;

/// <summary>
/// The part of the API that changes something, on every node or on the node named. What the control plane refuses is 409, its silence 503.
/// </summary>
internal sealed class CommandRoutes(ClusterCommands cluster, ClusterStatus status, RoutingTableHolder tables)
{
    /// <summary>Longer than most nodes may take to agree.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_longestDrain = TimeSpan.FromHours(24);
    private static readonly string[] s_drainKeys = ["timeout", "mode"];

    public void Map(RouteGroupBuilder api)
    {
        api.MapPost("/pools/{pool}/backends/{name}/state",
            (string pool, string name, HttpRequest request) =>
                WithBackendAsync(pool, name, found => SetStateAsync(found.Pool, found.Backend, request)));
        api.MapPost("/pools/{pool}/backends/{name}/weight",
            (string pool, string name, HttpRequest request) =>
                WithBackendAsync(pool, name, found => SetWeightAsync(found.Pool, found.Backend, request)));
        api.MapPost("/nodes/{name}/state", SetNodeStateAsync);
    }

    private async Task<IResult> WithBackendAsync(string pool, string name, Func<(Pool Pool, Backend Backend), Task<IResult>> action)
    {
        if (tables.Current.Find(pool) is not { } found) return Unknown.Pool(tables.Current, pool);
        return found.Find(name) is { } backend ? await action((found, backend)) : Unknown.Backend(found, name);
    }

    private async Task<IResult> SetStateAsync(Pool pool, Backend backend, HttpRequest request)
    {
        var body = await CommandBody.ReadAsync(request, "state", "timeout", "mode", "force");
        var state = body.Choice("state", "draining", "ready", "maintenance");
        var mode = body.Take("mode") is null ? "sessions" : body.Choice("mode", "sessions", "all");
        var timeout = body.Take("timeout") is { } given ? Duration(given) : pool.Config.DrainTimeout;
        if (timeout is null)
            body.Report($"timeout is {body.TextOf("timeout")}; it must be a duration from 0s to 24h, such as 200ms, 5s, 1m or 1h");
        foreach (var key in s_drainKeys)
        {
            if (state != "draining" && body.Take(key) is not null) body.Report($"{key} goes with state draining only");
        }

        if (!body.Flag("force") && state != "ready") RefuseLast(body, pool, backend);
        if (!body.IsGood) return Answer.Of(body.Status, body.Problem);
        BackendCommand command = state switch
        {
            "draining" => new DrainBackend(backend.Id, timeout!.Value) { MovesSessions = mode == "all" },
            "maintenance" => new MaintainBackend(backend.Id),
            _ => new ReadyBackend(backend.Id),
        };
        return await CommandAsync(pool, backend, command);
    }

    private async Task<IResult> SetWeightAsync(Pool pool, Backend backend, HttpRequest request)
    {
        var body = await CommandBody.ReadAsync(request, "weight", "force");
        int? weight = body.Take("weight") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
            && value is >= 0 and <= 256 ? value : null;
        if (weight is null && body.Take("weight")?.ValueKind != JsonValueKind.Null)
            body.Report($"weight is {body.TextOf("weight")}; it must be a whole number from 0 to 256, or null for the configured one");
        if (!body.Flag("force") && weight == 0) RefuseLast(body, pool, backend);
        return body.IsGood ? await CommandAsync(pool, backend, new WeighBackend(backend.Id, weight)) : Answer.Of(body.Status, body.Problem);
    }

    /// <summary>Whoever takes the last one away takes the whole service away, and seldom means to.</summary>
    private static void RefuseLast(CommandBody body, Pool pool, Backend backend)
    {
        if (pool.Eligible.Candidates is not [var last] || last != backend) return;
        body.Refuse($"{backend.Id} is the last backend of pool {pool.Name} that takes work: without it requests are answered with 503; "
            + "do it all the same with --force (\"force\": true)");
    }

    private async Task<IResult> SetNodeStateAsync(string name, HttpRequest request)
    {
        var view = cluster.Read();
        var named = view.Nodes.Where(node => node.Name == name).ToList();
        if (named.Count == 0) return Unknown.Node(view, name);
        var body = await CommandBody.ReadAsync(request, "state");
        var state = body.Choice("state", "draining", "ready");
        if (!body.IsGood) return Answer.Of(body.Status, body.Problem);
        if (named.Count > 1)
        {
            return Answer.Of(HttpStatusCode.Conflict,
                $"{named.Count} nodes are named \"{name}\"; give every node a name of its own (node.name)");
        }

        return await CommandAsync(named[0], state == "draining");
    }

    private async Task<IResult> CommandAsync(NodeView node, bool isDrain)
    {
        if (node.Address.Length == 0) return Silent(cluster.Read().Refusal);
        try
        {
            return Results.Ok(new NodeCommandReport(node.Name, await cluster.CommandNodeAsync(node.Address, isDrain, s_patience)));
        }
        catch (TimeoutException)
        {
            return Silent($"node \"{node.Name}\" did not answer in time");
        }
    }

    private async Task<IResult> CommandAsync(Pool pool, Backend backend, BackendCommand command)
    {
        try
        {
            var answer = await cluster.AskAsync(command, s_patience);
            if (answer.Refusal.Length == 0) return Results.Ok(status.ReadBackend(pool, backend));
            // Only a node that may not decide says no; another one does not know whether it was done.
            return cluster.Read().Refusal.Length > 0 ? Answer.Of(HttpStatusCode.Conflict, answer.Refusal) : Silent(answer.Refusal);
        }
        catch (TimeoutException failure)
        {
            return Silent(failure.Message);
        }
    }

    private static IResult Silent(string line) => Answer.Of(HttpStatusCode.ServiceUnavailable, line);

    private static TimeSpan? Duration(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && DurationText.Parse(value.GetString()!) is { } duration && duration <= s_longestDrain
            ? duration
            : null;
}

internal sealed record NodeCommandReport(string Name, string Phase);
