using System.Buffers.Binary;

namespace ClusterLb.Node.Dns.Serving;

/// <summary>The network whose answers are counted together: a /24 of IPv4, a /56 of IPv6, which is what one customer has.</summary>
internal static class ClientNetwork
{
    private const ulong IsV4 = 1UL << 63;

    /// <param name="address">4 or 16 bytes.</param>
    public static ulong Of(ReadOnlySpan<byte> address) => address.Length == 4
        ? IsV4 | BinaryPrimitives.ReadUInt32BigEndian(address) >> 8
        : BinaryPrimitives.ReadUInt64BigEndian(address) >> 8;
}
