using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Discovery;

/// <summary>A pool with the backends that its sources have found beside those that it was given: pure.</summary>
public static class PoolExpansion
{
    /// <summary>
    /// Found ones come after the others, by name. A server that the pool has already, given or found by a source that was written before,
    /// is not there twice.
    /// </summary>
    /// <param name="pool">As an operator wrote it.</param>
    /// <param name="foundBy">Who is in the pool by a source.</param>
    public static PoolConfig Of(PoolConfig pool, Func<SourceConfig, EquatableList<FoundBackend>> foundBy)
    {
        if (pool.Sources.Count == 0) return pool;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var servers = pool.Backends.SelectMany(backend => backend.Addresses.Append(backend.EndPoint)).ToHashSet();
        var found = new List<BackendConfig>();
        foreach (var source in pool.Sources)
        {
            var backends = foundBy(source);
            int[] priorities = [.. backends.Select(backend => backend.Priority).Distinct().Order()];
            foreach (var backend in backends)
            {
                var config = Of(source, backend, Array.IndexOf(priorities, backend.Priority));
                if (!servers.Contains(config.EndPoint) && names.Add(backend.Name)) found.Add(config);
            }
        }

        return pool with
        {
            Backends = pool.Backends.Concat(found.OrderBy(backend => backend.Name, StringComparer.Ordinal)).ToEquatableList(),
        };
    }

    /// <param name="source">That found it.</param>
    /// <param name="tier">How many priorities of that source come before its own: the lowest there is counts as any other backend.</param>
    private static BackendConfig Of(SourceConfig source, FoundBackend found, int tier) => new()
    {
        Name = found.Name,
        Address = found.Name,
        Source = source.Discover,
        Tier = tier,
        EndPoint = new IPEndPoint(found.Addresses.Count > 0 ? found.Addresses[0] : IPAddress.None, found.Port),
        Addresses = found.Addresses.Count > 1
            ? found.Addresses.Select(address => new IPEndPoint(address, found.Port)).ToEquatableList()
            : [],
        NameProblem = found.Addresses.Count > 0 ? "" : "name does not resolve: its target has no address",
        Weight = found.Weight ?? source.Weight,
        MaxInFlight = found.MaxInFlight ?? source.MaxInFlight,
    };
}
