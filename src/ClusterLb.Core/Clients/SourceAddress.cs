using System.Net;

namespace ClusterLb.Core.Clients;

/// <summary>A client's address as a person types it, in the bytes that <c>source-ip</c> knows it by in the data plane.</summary>
public static class SourceAddress
{
    /// <summary>
    /// 4 or 16, in network order; null when it is no address. An IPv4 client of a dual-stack listener is the same client as on an IPv4 one.
    /// </summary>
    public static byte[]? BytesOf(string text)
    {
        if (!IPAddress.TryParse(text, out var address)) return null;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
    }
}
