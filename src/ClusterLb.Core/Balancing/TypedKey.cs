using ClusterLb.Core.Clients;
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
        return SourceAddress.BytesOf(text) is { } address ? StableHash.Of(address) : null;
    }
}
