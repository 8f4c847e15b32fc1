using System.Net;
using System.Security.Cryptography;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;

namespace ClusterLb.Node.Admin;

/// <summary>The part of the API that changes nothing.</summary>
internal sealed class ReadRoutes(ClusterStatus status, RoutingTableHolder tables)
{
    /// <summary>For the events of other nodes; those that do not answer in time are left out.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public void Map(RouteGroupBuilder api)
    {
        api.MapGet("/status", () => status.Read());
        api.MapGet("/nodes", () => status.ReadNodes());
        api.MapGet("/pools", () => status.ReadPools());
        api.MapGet("/pools/{pool}", (string pool) => tables.Current.Find(pool) is { } found
            ? Results.Ok(status.ReadPool(found))
            : Unknown.Pool(tables.Current, pool));
        api.MapGet("/pools/{pool}/backends/{name}", Backend);
        api.MapGet("/events", () => status.ReadEventsAsync(s_patience));
        api.MapGet("/explain", Explain);
    }

    private IResult Backend(string pool, string name)
    {
        if (tables.Current.Find(pool) is not { } found) return Unknown.Pool(tables.Current, pool);
        return found.Find(name) is { } backend ? Results.Ok(status.ReadBackend(found, backend)) : Unknown.Backend(found, name);
    }

    private IResult Explain(string? pool, string? key)
    {
        if (string.IsNullOrEmpty(pool)) return Answer.Of(HttpStatusCode.BadRequest, "pool is missing: /api/v1/explain?pool=POOL&key=KEY");
        if (tables.Current.Find(pool) is not { } found) return Unknown.Pool(tables.Current, pool);
        ulong? hash = null;
        if (!string.IsNullOrEmpty(key))
        {
            if (found.Policy.KeyOf(found.Config) is not { } source)
            {
                return Answer.Of(HttpStatusCode.BadRequest,
                    $"pool \"{pool}\" goes by {found.Config.Balance}, which has no key; leave it out");
            }

            hash = source.HashOf(key);
            if (hash is null)
                return Answer.Of(HttpStatusCode.BadRequest, $"key \"{key}\" is no IP address, and pool \"{pool}\" hashes by source-ip");
        }

        var random = new LoopRandom(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        return Results.Ok(Explanation.Of(found, hash, random, status.NowMilliseconds));
    }
}
