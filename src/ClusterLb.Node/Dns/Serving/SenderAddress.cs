namespace ClusterLb.Node.Dns.Serving;

/// <summary>
/// Addresses as sockets give them: two bytes of family, two of port, then an IPv4 address, or four bytes and an IPv6 one.
/// </summary>
internal static class SenderAddress
{
    private static readonly byte[] s_mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <returns>4 or 16 bytes; an IPv4 address within IPv6 is the IPv4 address.</returns>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> socketAddress, bool isV6)
    {
        if (!isV6) return socketAddress.Slice(4, 4);
        var address = socketAddress.Slice(8, 16);
        return address.StartsWith(s_mapped) ? address[12..] : address;
    }
}
