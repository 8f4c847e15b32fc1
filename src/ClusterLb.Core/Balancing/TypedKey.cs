using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Balancing;

/// <summary>A pool's hash key as a person types it, hashed to what the data plane makes of the same bytes in a request.</summary>
public static class TypedKey
{
    /// <summary>What a pool hashes by; null when its policy does not hash.</summary>
    public static HashKeyKind? KindOf(PoolConfig pool) => pool.Balance switch
    {
        "ip-hash" => HashKeyKind.SourceIp,
        "consistent-hash" => pool.Hash.Key,
        _ => null,
    };

    /// <returns>Null when the text cannot be such a key: a source that is no address.</returns>
    public static ulong? Hash(HashKeyKind kind, string text)
    {
        if (kind != HashKeyKind.SourceIp) return StableHash.Of(text);
        if (!IPAddress.TryParse(text, out var address)) return null;
        // A client that comes to a dual-stack listener is the same client.
        return StableHash.Of((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes());
    }
}
