using System.Buffers.Binary;
using System.Net;

namespace ClusterLb.Core.Clients;

/// <summary>
/// Whose an address is, for counting: of IPv4 the address, of IPv6 its /64, since one host may use all of that. An IPv4 client of a
/// dual-stack listener is the same client as on an IPv4 one.
/// </summary>
/// <param name="Bits">An IPv4 address stands where 0:ffff::/32 would, which is nobody's.</param>
public readonly record struct AddressOwner(ulong Bits)
{
    private const uint Mapped = 0xFFFF;
    private const int MappedAt = 8;

    public static AddressOwner Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return Of(bytes[..length]);
    }

    /// <param name="bytes">4 or 16, in network order.</param>
    public static AddressOwner Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 4) return OfIPv4(bytes);
        var network = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var isMapped = network == 0 && BinaryPrimitives.ReadUInt32BigEndian(bytes[MappedAt..]) == Mapped;
        return isMapped ? OfIPv4(bytes[^4..]) : new AddressOwner(network);
    }

    private static AddressOwner OfIPv4(ReadOnlySpan<byte> bytes) =>
        new(((ulong)Mapped << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes));
}
