using System.Text.Json;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;
using ClusterLb.Node.Api;

namespace ClusterLb.Node.Admin;

/// <summary>The part of the API about sticky sessions. What the control plane refuses is 409, its silence 503.</summary>
internal sealed class SessionRoutes(SessionCommands sessions, RoutingTableHolder tables, CookieKeysHolder keys, TimeProvider time)
{
    /// <summary>Sessions; the fastest an evacuation may go.</summary>
    public const int MostPerSecond = 100_000;

    private const string Evacuation = $"{ApiRoute.Root}/pools/{{pool}}/backends/{{backend}}/evacuate";
    private const int DefaultLimit = 100;
    private const int MostListed = 100_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly ApiParameter[] s_session =
    [
        ApiParameter.Text("key", "16 hexadecimal digits, our cookie, or with pool the value that the pool knows the client by.",
            isRequired: true),
        ApiParameter.Text("pool", "Whose session it is."),
    ];

    public IEnumerable<ApiRoute> All =>
    [
        ApiRoute.Get<SessionListReport>($"{ApiRoute.Root}/sessions", "list_sessions", "Sessions that the node that answers knows.", List)
            with
        {
            Query =
            [
                ApiParameter.Text("pool", "Of this pool only."),
                ApiParameter.Text("backend", "Of this backend of the pool only."),
                ApiParameter.Number("limit", "The most to list.", 1, MostListed, DefaultLimit),
            ],
            Problems = [ProblemKind.BadRequest, ProblemKind.UnknownName],
        },
        // Not in the path: a client's value may hold slashes, and an escaped one does not come apart from a literal one there.
        ApiRoute.Get<SessionReport>($"{ApiRoute.Root}/sessions/show", "get_session", "Where a session is.",
            call => WithSessionAsync(call, ShowAsync))
            with
        { Query = s_session, Problems = [ProblemKind.BadRequest, ProblemKind.UnknownName, ProblemKind.NoAnswer] },
        ApiRoute.Post<SessionReport>($"{ApiRoute.Root}/sessions/evict", "evict_session",
            "Forgets where a session is: its next request begins anew.", call => WithSessionAsync(call, EvictAsync))
            with
        {
            Query = s_session,
            Problems = [ProblemKind.BadRequest, ProblemKind.UnknownName, ProblemKind.Refused, ProblemKind.NoAnswer],
        },
        ApiRoute.Post<EvacuationReport>(Evacuation, "evacuate_backend", "Moves the sessions of a backend to others.", EvacuateAsync)
            with
        {
            Body = [BodyKey.Number("rate", "Sessions a second.", 1, MostPerSecond)],
            Problems = [ProblemKind.UnknownName, ProblemKind.Refused, ProblemKind.NoAnswer],
        },
        ApiRoute.Get<EvacuationReport>(Evacuation, "get_evacuation", "How far the last evacuation by the node that answers is.", call =>
            sessions.Evacuation is { } progress && progress.Backend == $"{call.InPath["pool"]}/{call.InPath["backend"]}"
                ? Report(progress)
                : Problem.Of(ProblemKind.UnknownName,
                    $"{call.InPath["pool"]}/{call.InPath["backend"]} has not been evacuated by this node"))
            with
        { Problems = [ProblemKind.UnknownName] },
    ];

    private ApiResult<SessionListReport> List(ApiCall call)
    {
        var (pool, backend, limit) = (call.Query("pool"), call.Query("backend"), call.Query("limit"));
        var most = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, out most) || most is < 1 or > MostListed))
            return Problem.Of(ProblemKind.BadRequest, $"limit is \"{limit}\"; it must be a whole number from 1 to {MostListed}");
        if (backend is not null && pool is null)
            return Problem.Of(ProblemKind.BadRequest, "pool is missing; a backend is named within its pool");
        var found = pool is null ? null : tables.Current.Find(pool);
        if (pool is not null && found is null) return Unknown.Pool(tables.Current, pool);
        if (backend is not null && found!.Find(backend) is null) return Unknown.Backend(found, backend);
        var listed = sessions.List(KeysOf(found, backend), most);
        return new SessionListReport(
            [.. listed.Select(session => SessionReport.Of(session, tables.Current, time.GetUtcNow()))], sessions.Counts.Known);
    }

    private static HashSet<ulong>? KeysOf(Pool? pool, string? backend) =>
        pool is null ? null : backend is null ? [.. pool.Members.Select(member => member.Key)] : [pool.Find(backend)!.Key];

    private async Task<ApiResult<SessionReport>> WithSessionAsync(
        ApiCall call, Func<SessionKey, CookieClaims?, string, Task<ApiResult<SessionReport>>> action)
    {
        var (key, pool) = (call.Query("key"), call.Query("pool"));
        if (string.IsNullOrEmpty(key))
        {
            return Problem.Of(ProblemKind.BadRequest,
                "key is missing; it must be a session's key, our cookie, or with pool the value the pool knows the client by");
        }

        var found = pool is null ? null : tables.Current.Find(pool);
        if (pool is not null && found is null) return Unknown.Pool(tables.Current, pool);
        var (session, said, problem) = SessionName.Parse(key, found?.Config, keys.Current);
        if (problem.Length > 0) return Problem.Of(ProblemKind.BadRequest, problem);
        try
        {
            return await action(session, said, key);
        }
        catch (TimeoutException failure)
        {
            return Problem.Of(ProblemKind.NoAnswer, failure.Message);
        }
    }

    private async Task<ApiResult<SessionReport>> ShowAsync(SessionKey session, CookieClaims? said, string name) =>
        await sessions.FindAsync(session, s_patience) is { } binding
        ? SessionReport.Of(binding, tables.Current, time.GetUtcNow())
        : NotKnown(name);

    private async Task<ApiResult<SessionReport>> EvictAsync(SessionKey session, CookieClaims? said, string name)
    {
        var answer = await sessions.EvictAsync(session, said is { } claims ? BindingOf(claims) : null, s_patience);
        if (answer.Refusal.Length > 0) return Problem.Of(ProblemKind.Refused, answer.Refusal);
        return answer.IsEvicted ? await ShowAsync(session, said, name) : NotKnown(name);
    }

    /// <summary>It counts as long as its pool lets it.</summary>
    private Binding BindingOf(in CookieClaims claims)
    {
        var ttl = tables.Current.FindBackend(claims.Backend)?.Pool.Config.Sticky.Ttl ?? TimeSpan.Zero;
        return new Binding(claims.Session, claims.Backend, claims.Version, claims.RenewedAt + (uint)ttl.TotalSeconds);
    }

    private async Task<ApiResult<EvacuationReport>> EvacuateAsync(ApiCall call)
    {
        var (pool, name, body) = (call.InPath["pool"], call.InPath["backend"], call.Body);
        if (tables.Current.Find(pool) is not { } found) return Unknown.Pool(tables.Current, pool);
        if (found.Find(name) is not { } backend) return Unknown.Backend(found, name);
        int? rate = body.Take("rate") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
            && value is >= 1 and <= MostPerSecond ? value : null;
        if (rate is null)
            body.Report($"rate is {body.TextOf("rate")}; it must be a whole number from 1 to {MostPerSecond}, in sessions a second");
        if (body.Problem is { } problem) return problem;
        try
        {
            var answer = await sessions.EvacuateAsync(backend.Id, rate!.Value, s_patience);
            return answer.Progress is { } progress ? Report(progress) : Problem.Of(ProblemKind.Refused, answer.Refusal);
        }
        catch (TimeoutException failure)
        {
            return Problem.Of(ProblemKind.NoAnswer, failure.Message);
        }
    }

    private static Problem NotKnown(string name) =>
        Problem.Of(ProblemKind.UnknownName,
            $"no session \"{name}\" is known here; one that is where the hash or its cookie says is known only to nodes that have met it");

    private static EvacuationReport Report(EvacuationProgress progress) =>
        new(progress.Backend, progress.Found, progress.Moved, progress.Left, progress.IsDone, progress.End);
}
