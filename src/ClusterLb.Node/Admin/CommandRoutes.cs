using System.ComponentModel;
using System.Text.Json;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Node.Api;
using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Admin;

/// <summary>
/// The part of the API that changes something, on every node or on the node named. The answer says what is so after it, on the node that
/// answers. What the control plane refuses is 409, its silence 503, and so is an effect that does not show in time.
/// </summary>
internal sealed class CommandRoutes(ClusterCommands cluster, ClusterStatus status, RoutingTableHolder tables, TimeProvider time)
{
    private const int MostWeight = 256;
    private const string Backend = $"{ApiRoute.Root}/pools/{{pool}}/backends/{{backend}}";

    /// <summary>Longer than most nodes may take to agree.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_longestDrain = TimeSpan.FromHours(24);
    private static readonly string[] s_drainKeys = ["timeout", "mode"];
    private static readonly string[] s_states = ["draining", "ready", "maintenance"];
    private static readonly string[] s_modes = ["sessions", "all"];
    private static readonly string[] s_nodeStates = ["draining", "ready"];

    public IEnumerable<ApiRoute> All =>
    [
        ApiRoute.Post<BackendReport>($"{Backend}/state", "set_backend_state", "What an operator wants of a backend, on every node.",
            call => WithBackendAsync(call, SetStateAsync))
            with
        {
            Body =
            [
                BodyKey.Choice("state", "Wanted.", isRequired: true, s_states),
                BodyKey.Duration("timeout", "Of a drain: after it what is left is cut off; 0s to 24h, else the pool's drain-timeout."),
                BodyKey.Choice("mode", "Of a drain: it keeps its sessions until they end, or all move at once.", isRequired: false,
                    s_modes),
                BodyKey.Flag("force", "Also when it is the last backend of its pool that takes work."),
            ],
            Problems = [ProblemKind.UnknownName, ProblemKind.Refused, ProblemKind.LastBackend, ProblemKind.NoAnswer],
        },
        ApiRoute.Post<BackendReport>($"{Backend}/weight", "set_backend_weight", "Another weight than the configured one, on every node.",
            call => WithBackendAsync(call, SetWeightAsync))
            with
        {
            Body =
            [
                BodyKey.Number("weight", "Null is the configured one.", 0, MostWeight, orNull: true),
                BodyKey.Flag("force", "Also 0 when it is the last backend of its pool that takes work."),
            ],
            Problems = [ProblemKind.UnknownName, ProblemKind.Refused, ProblemKind.LastBackend, ProblemKind.NoAnswer],
        },
        ApiRoute.Post<NodeCommandReport>($"{ApiRoute.Root}/nodes/{{node}}/state", "set_node_state",
            "Makes a node not ready, or ready again; it goes on accepting.", SetNodeStateAsync)
            with
        {
            Body = [BodyKey.Choice("state", "Wanted.", isRequired: true, s_nodeStates)],
            Problems = [ProblemKind.UnknownName, ProblemKind.Refused, ProblemKind.NoAnswer],
        },
    ];

    private Task<ApiResult<BackendReport>> WithBackendAsync(
        ApiCall call, Func<Pool, Backend, CommandBody, Task<ApiResult<BackendReport>>> action)
    {
        ApiResult<BackendReport> Unknown(Problem problem) => problem;
        var (pool, name) = (call.InPath["pool"], call.InPath["backend"]);
        if (tables.Current.Find(pool) is not { } found) return Task.FromResult(Unknown(Admin.Unknown.Pool(tables.Current, pool)));
        return found.Find(name) is { } backend
            ? action(found, backend, call.Body)
            : Task.FromResult(Unknown(Admin.Unknown.Backend(found, name)));
    }

    private async Task<ApiResult<BackendReport>> SetStateAsync(Pool pool, Backend backend, CommandBody body)
    {
        var state = body.Choice("state", s_states);
        var mode = body.Take("mode") is null ? "sessions" : body.Choice("mode", s_modes);
        var timeout = body.Take("timeout") is { } given ? Duration(given) : pool.Config.DrainTimeout;
        if (timeout is null)
            body.Report($"timeout is {body.TextOf("timeout")}; it must be a duration from 0s to 24h, such as 200ms, 5s, 1m or 1h");
        foreach (var key in s_drainKeys)
        {
            if (state != "draining" && body.Take(key) is not null) body.Report($"{key} goes with state draining only");
        }

        if (!body.Flag("force") && state != "ready") RefuseLast(body, pool, backend);
        if (body.Problem is { } problem) return problem;
        BackendCommand command = state switch
        {
            "draining" => new DrainBackend(backend.Id, timeout!.Value) { MovesSessions = mode == "all" },
            "maintenance" => new MaintainBackend(backend.Id),
            _ => new ReadyBackend(backend.Id),
        };
        return await CommandAsync(backend, command);
    }

    private async Task<ApiResult<BackendReport>> SetWeightAsync(Pool pool, Backend backend, CommandBody body)
    {
        int? weight = body.Take("weight") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
            && value is >= 0 and <= MostWeight ? value : null;
        if (weight is null && body.Take("weight")?.ValueKind != JsonValueKind.Null)
            body.Report($"weight is {body.TextOf("weight")}; it must be a whole number from 0 to 256, or null for the configured one");
        if (!body.Flag("force") && weight == 0) RefuseLast(body, pool, backend);
        return body.Problem is { } problem ? problem : await CommandAsync(backend, new WeighBackend(backend.Id, weight));
    }

    /// <summary>Whoever takes the last one away takes the whole service away, and seldom means to.</summary>
    private static void RefuseLast(CommandBody body, Pool pool, Backend backend)
    {
        if (pool.Eligible.Candidates is not [var last] || last != backend) return;
        body.Refuse(ProblemKind.LastBackend,
            $"{backend.Id} is the last backend of pool {pool.Name} that takes work: without it requests are answered with 503; "
            + "do it all the same with --force (\"force\": true)");
    }

    private async Task<ApiResult<NodeCommandReport>> SetNodeStateAsync(ApiCall call)
    {
        var (name, body) = (call.InPath["node"], call.Body);
        var view = cluster.Read();
        var named = view.Nodes.Where(node => node.Name == name).ToList();
        if (named.Count == 0) return Unknown.Node(view, name);
        var state = body.Choice("state", s_nodeStates);
        if (body.Problem is { } problem) return problem;
        if (named.Count > 1)
        {
            return Problem.Of(ProblemKind.Refused,
                $"{named.Count} nodes are named \"{name}\"; give every node a name of its own (node.name)");
        }

        return await CommandAsync(named[0], state == "draining");
    }

    private async Task<ApiResult<NodeCommandReport>> CommandAsync(NodeView node, bool isDrain)
    {
        if (node.Address.Length == 0) return Silent(cluster.Read().Refusal);
        try
        {
            var phase = await cluster.CommandNodeAsync(node.Address, isDrain, s_patience);
            // By its own word; whoever looks at it through this node is to find the same.
            return await Effect.IsSeenAsync(() => IsKnown(node.Address, phase), time)
                ? new NodeCommandReport(node.Name, phase)
                : Silent($"node \"{node.Name}\" says that it is {phase} now, but the node that was asked has not heard so from it yet");
        }
        catch (TimeoutException)
        {
            return Silent($"node \"{node.Name}\" did not answer in time");
        }
    }

    /// <summary>Who is gone meanwhile is not waited for.</summary>
    private bool IsKnown(string address, string phase) =>
        cluster.Read().Nodes.FirstOrDefault(node => node.Address == address)?.Facts is not { } facts
        || facts.Phase == "draining" == (phase == "draining");

    private async Task<ApiResult<BackendReport>> CommandAsync(Backend backend, BackendCommand command)
    {
        try
        {
            var answer = await cluster.AskAsync(command, s_patience);
            if (answer.Refusal.Length == 0) return await AfterAsync(backend.Id);
            // Only a node that may not decide says no; another one does not know whether it was done.
            return cluster.Read().Refusal.Length > 0 ? Problem.Of(ProblemKind.Refused, answer.Refusal) : Silent(answer.Refusal);
        }
        catch (TimeoutException failure)
        {
            return Silent(failure.Message);
        }
    }

    /// <summary>Another operator's newer word may be in force by now: that is what is so, then.</summary>
    private async Task<ApiResult<BackendReport>> AfterAsync(string backend)
    {
        if (!await Effect.IsSeenAsync(() => IsFollowed(backend), time))
            return Silent($"{backend}: the nodes agreed on it, but the node that was asked does not go by it yet; look again");
        return tables.Current.FindBackend(backend) is { } found
            ? status.ReadBackend(found.Pool, found.Backend)
            : Problem.Of(ProblemKind.UnknownName, $"{backend} is not configured any more");
    }

    private bool IsFollowed(string backend) =>
        tables.Current.FindBackend(backend) is not { } found
        || (cluster.Read().Intents.TryGetValue(backend, out var intent) && intent.IsFollowedBy(found.Pool.Read(found.Backend)));

    private static Problem Silent(string line) => Problem.Of(ProblemKind.NoAnswer, line);

    private static TimeSpan? Duration(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && DurationText.Parse(value.GetString()!) is { } duration && duration <= s_longestDrain
            ? duration
            : null;
}

internal sealed record NodeCommandReport(
    [Description("Of the node.")] string Name,
    [Description("Of the node after the command: starting, ready or draining.")] string Phase);
