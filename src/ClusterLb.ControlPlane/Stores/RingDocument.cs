using System.Globalization;
using System.Text.Json;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Stores;

/// <summary>Members, weights and epoch of every pool as a store keeps them: in JSON, for people.</summary>
internal static class RingDocument
{
    public const string Name = "ring";

    public static byte[] Write(IEnumerable<PoolConfig> pools) => JsonSerializer.SerializeToUtf8Bytes(
        pools.OrderBy(pool => pool.Name, StringComparer.Ordinal).ToDictionary(
            pool => pool.Name,
            pool => new
            {
                epoch = RingEpoch.Of(pool).ToString("x16", CultureInfo.InvariantCulture),
                members = pool.Backends.ToDictionary(backend => backend.Name, backend => backend.Weight),
            }));
}
