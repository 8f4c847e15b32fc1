using System.Net;
using System.Text.Json;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Node.Admin;

/// <summary>The part of the API about sticky sessions. What the control plane refuses is 409, its silence 503.</summary>
internal sealed class SessionRoutes(SessionCommands sessions, RoutingTableHolder tables, CookieKeysHolder keys, TimeProvider time)
{
    /// <summary>Sessions; the fastest an evacuation may go.</summary>
    public const int MostPerSecond = 100_000;

    private const int DefaultLimit = 100;
    private const int MostListed = 100_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public void Map(RouteGroupBuilder api)
    {
        api.MapGet("/sessions", List);
        // Not in the path: a client's value may hold slashes, and an escaped one does not come apart from a literal one there.
        api.MapGet("/sessions/show", (string? key, string? pool) => WithSessionAsync(key, pool, ShowAsync));
        api.MapPost("/sessions/evict", (string? key, string? pool) => WithSessionAsync(key, pool, EvictAsync));
        api.MapPost("/pools/{pool}/backends/{name}/evacuate", EvacuateAsync);
        api.MapGet("/pools/{pool}/backends/{name}/evacuate", (string pool, string name) =>
            sessions.Evacuation is { } progress && progress.Backend == $"{pool}/{name}"
                ? Results.Ok(Report(progress))
                : Answer.Of(HttpStatusCode.NotFound, $"{pool}/{name} has not been evacuated by this node"));
    }

    private IResult List(string? pool, string? backend, string? limit)
    {
        var most = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, out most) || most is < 1 or > MostListed))
            return Answer.Of(HttpStatusCode.BadRequest, $"limit is \"{limit}\"; it must be a whole number from 1 to {MostListed}");
        if (backend is not null && pool is null)
            return Answer.Of(HttpStatusCode.BadRequest, "pool is missing; a backend is named within its pool");
        var found = pool is null ? null : tables.Current.Find(pool);
        if (pool is not null && found is null) return Unknown.Pool(tables.Current, pool);
        if (backend is not null && found!.Find(backend) is null) return Unknown.Backend(found, backend);
        var listed = sessions.List(KeysOf(found, backend), most);
        return Results.Ok(new SessionListReport(
            [.. listed.Select(session => SessionReport.Of(session, tables.Current, time.GetUtcNow()))], sessions.Counts.Known));
    }

    private static HashSet<ulong>? KeysOf(Pool? pool, string? backend) =>
        pool is null ? null : backend is null ? [.. pool.Members.Select(member => member.Key)] : [pool.Find(backend)!.Key];

    private async Task<IResult> WithSessionAsync(string? key, string? pool, Func<SessionKey, CookieClaims?, string, Task<IResult>> action)
    {
        if (string.IsNullOrEmpty(key))
        {
            return Answer.Of(
                HttpStatusCode.BadRequest,
                    "key is missing; it must be a session's key, our cookie, or with pool the value the pool knows the client by");
        }

        var found = pool is null ? null : tables.Current.Find(pool);
        if (pool is not null && found is null) return Unknown.Pool(tables.Current, pool);
        var (session, said, problem) = SessionName.Parse(key, found?.Config, keys.Current);
        if (problem.Length > 0) return Answer.Of(HttpStatusCode.BadRequest, problem);
        try
        {
            return await action(session, said, key);
        }
        catch (TimeoutException failure)
        {
            return Answer.Of(HttpStatusCode.ServiceUnavailable, failure.Message);
        }
    }

    private async Task<IResult> ShowAsync(SessionKey session, CookieClaims? said, string name) =>
        await sessions.FindAsync(session, s_patience) is { } binding
        ? Results.Ok(SessionReport.Of(binding, tables.Current, time.GetUtcNow()))
        : NotKnown(name);

    private async Task<IResult> EvictAsync(SessionKey session, CookieClaims? said, string name)
    {
        var answer = await sessions.EvictAsync(session, said is { } claims ? BindingOf(claims) : null, s_patience);
        if (answer.Refusal.Length > 0) return Answer.Of(HttpStatusCode.Conflict, answer.Refusal);
        return answer.IsEvicted ? await ShowAsync(session, said, name) : NotKnown(name);
    }

    /// <summary>It counts as long as its pool lets it.</summary>
    private Binding BindingOf(in CookieClaims claims)
    {
        var ttl = tables.Current.FindBackend(claims.Backend)?.Pool.Config.Sticky.Ttl ?? TimeSpan.Zero;
        return new Binding(claims.Session, claims.Backend, claims.Version, claims.RenewedAt + (uint)ttl.TotalSeconds);
    }

    private async Task<IResult> EvacuateAsync(string pool, string name, HttpRequest request)
    {
        if (tables.Current.Find(pool) is not { } found) return Unknown.Pool(tables.Current, pool);
        if (found.Find(name) is not { } backend) return Unknown.Backend(found, name);
        var body = await CommandBody.ReadAsync(request, "rate");
        int? rate = body.Take("rate") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
            && value is >= 1 and <= MostPerSecond ? value : null;
        if (rate is null)
            body.Report($"rate is {body.TextOf("rate")}; it must be a whole number from 1 to {MostPerSecond}, in sessions a second");
        if (!body.IsGood) return Answer.Of(body.Status, body.Problem);
        try
        {
            var answer = await sessions.EvacuateAsync(backend.Id, rate!.Value, s_patience);
            return answer.Progress is { } progress ? Results.Ok(Report(progress)) : Answer.Of(HttpStatusCode.Conflict, answer.Refusal);
        }
        catch (TimeoutException failure)
        {
            return Answer.Of(HttpStatusCode.ServiceUnavailable, failure.Message);
        }
    }

    private static IResult NotKnown(string name) =>
        Answer.Of(HttpStatusCode.NotFound,
            $"no session \"{name}\" is known here; one that is where the hash or its cookie says is known only to nodes that have met it");

    private static EvacuationReport Report(EvacuationProgress progress) =>
        new(progress.Backend, progress.Found, progress.Moved, progress.Left, progress.IsDone, progress.End);
}
