using ClusterLb.Core.Clients;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>Where a request carries the key that a policy hashes by.</summary>
/// <param name="Kind">In what part of it.</param>
/// <param name="Name">Of the header or cookie, else empty.</param>
public readonly record struct KeySource(HashKeyKind Kind, string Name)
{
    public static KeySource SourceIp { get; } = new(HashKeyKind.SourceIp, "");

    /// <summary>The key as a person types it, hashed to what the data plane makes of the same bytes in a request.</summary>
    /// <returns>Null when the text cannot be such a key: a source that is no address.</returns>
    public ulong? HashOf(string text)
    {
        if (Kind != HashKeyKind.SourceIp) return StableHash.Of(text);
        return SourceAddress.BytesOf(text) is { } address ? StableHash.Of(address) : null;
    }

    /// <summary>For people, such as <c>header X-User</c>.</summary>
    public override string ToString() => Kind switch
    {
        HashKeyKind.SourceIp => "source-ip",
        HashKeyKind.Path => "path",
        HashKeyKind.Header => $"header {Name}",
        _ => $"cookie {Name}",
    };
}
