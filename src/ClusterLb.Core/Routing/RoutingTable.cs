using System.Collections.Frozen;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Routing;

/// <summary>What the data plane reads: immutable, replaced whole when configuration or membership changes.</summary>
/// <param name="version">Grows with every publication on this node.</param>
/// <param name="pools">By configuration order.</param>
/// <param name="listeners">By listener name.</param>
public sealed class RoutingTable(long version, IReadOnlyList<Pool> pools, FrozenDictionary<string, ListenerRoutes> listeners)
{
    private readonly FrozenDictionary<string, Pool> _byName = pools.ToFrozenDictionary(pool => pool.Name);
    private readonly FrozenDictionary<ulong, (Pool Pool, Backend Backend)> _byKey =
        pools.SelectMany(pool => pool.Members.Select(backend => (Pool: pool, Backend: backend)))
            .ToFrozenDictionary(member => member.Backend.Key);

    public static RoutingTable Empty { get; } = new(0, [], FrozenDictionary<string, ListenerRoutes>.Empty);

    /// <summary>Grows with every publication on this node.</summary>
    public long Version { get; } = version;

    public IReadOnlyList<Pool> Pools { get; } = pools;

    /// <summary>By listener name.</summary>
    public FrozenDictionary<string, ListenerRoutes> Listeners { get; } = listeners;

    public Pool? Find(string pool) => _byName.GetValueOrDefault(pool);

    /// <summary>By <see cref="Backend.Key"/>.</summary>
    public (Pool Pool, Backend Backend)? FindBackend(ulong key) => _byKey.TryGetValue(key, out var found) ? found : null;

    /// <summary>By <see cref="Backend.Id"/>.</summary>
    public (Pool Pool, Backend Backend)? FindBackend(string id)
    {
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Find(id[..slash]) is { } pool && pool.Find(id[(slash + 1)..]) is { } backend ? (pool, backend) : null;
    }
}
