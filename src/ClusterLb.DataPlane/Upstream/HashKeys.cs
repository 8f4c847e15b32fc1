using ClusterLb.Core.Numerics;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>The hash of what a pool hashes by; the same on every node for the same bytes.</summary>
internal static class HashKeys
{
    public static HashKey OfSource(PeerAddress peer)
    {
        Span<byte> address = stackalloc byte[16];
        return Of(address[..peer.CopyTo(address)]);
    }

    public static HashKey Of(ReadOnlySpan<byte> key) => new(IsPresent: true, StableHash.Of(key));
}
