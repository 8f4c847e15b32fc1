using System.Security.Cryptography;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Node.Api;

namespace ClusterLb.Node.Admin;

/// <summary>The part of the API that changes nothing.</summary>
internal sealed class ReadRoutes(ClusterStatus status, RoutingTableHolder tables)
{
    /// <summary>For the events of other nodes; those that do not answer in time are left out.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public IEnumerable<ApiRoute> All =>
    [
        ApiRoute.Get<StatusReport>($"{ApiRoute.Root}/status", "get_status", "Nodes, pools and backends of the whole cluster.",
            _ => status.Read()),
        ApiRoute.Get<IReadOnlyList<NodeStatus>>($"{ApiRoute.Root}/nodes", "list_nodes", "The nodes of the cluster.",
            _ => ApiResult.Of(status.ReadNodes())),
        ApiRoute.Get<IReadOnlyList<PoolReport>>($"{ApiRoute.Root}/pools", "list_pools", "All pools with their backends.",
            _ => ApiResult.Of(status.ReadPools())),
        ApiRoute.Get<PoolReport>($"{ApiRoute.Root}/pools/{{pool}}", "get_pool", "One pool with its backends.", Pool)
            with
        { Problems = [ProblemKind.UnknownName] },
        ApiRoute.Get<BackendReport>($"{ApiRoute.Root}/pools/{{pool}}/backends/{{backend}}", "get_backend", "One backend.", Backend)
            with
        { Problems = [ProblemKind.UnknownName] },
        ApiRoute.Get<IReadOnlyList<EventReport>>($"{ApiRoute.Root}/events", "list_events",
            "What the cluster decided lately and why, oldest first.", async _ => ApiResult.Of(await status.ReadEventsAsync(s_patience))),
        ApiRoute.Get<Explanation>($"{ApiRoute.Root}/explain", "explain", "Which backend of a pool a request would get now, and why.",
            Explain)
            with
        {
            Query =
            [
                ApiParameter.Text("pool", "The name of a pool.", isRequired: true),
                ApiParameter.Text("key", "Of a pool that hashes: the client's address, or the value of its header, cookie or path."),
            ],
            Problems = [ProblemKind.BadRequest, ProblemKind.UnknownName],
        },
    ];

    private ApiResult<PoolReport> Pool(ApiCall call) => tables.Current.Find(call.InPath["pool"]) is { } found
        ? status.ReadPool(found)
        : Unknown.Pool(tables.Current, call.InPath["pool"]);

    private ApiResult<BackendReport> Backend(ApiCall call)
    {
        if (tables.Current.Find(call.InPath["pool"]) is not { } found) return Unknown.Pool(tables.Current, call.InPath["pool"]);
        var name = call.InPath["backend"];
        return found.Find(name) is { } backend ? status.ReadBackend(found, backend) : Unknown.Backend(found, name);
    }

    private ApiResult<Explanation> Explain(ApiCall call)
    {
        var (pool, key) = (call.Query("pool"), call.Query("key"));
        if (string.IsNullOrEmpty(pool)) return Problem.Of(ProblemKind.BadRequest, "pool is missing: /api/v1/explain?pool=POOL&key=KEY");
        if (tables.Current.Find(pool) is not { } found) return Unknown.Pool(tables.Current, pool);
        ulong? hash = null;
        if (!string.IsNullOrEmpty(key))
        {
            if (found.Policy.KeyOf(found.Config) is not { } source)
            {
                return Problem.Of(ProblemKind.BadRequest,
                    $"pool \"{pool}\" goes by {found.Config.Balance}, which has no key; leave it out");
            }

            hash = source.HashOf(key);
            if (hash is null)
                return Problem.Of(ProblemKind.BadRequest, $"key \"{key}\" is no IP address, and pool \"{pool}\" hashes by source-ip");
        }

        var random = new LoopRandom(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        return status.WithAddresses(Explanation.Of(found, hash, random, status.NowMilliseconds));
    }
}
