using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Core.Clients;

/// <summary>A client's address as a person types it, in the bytes that <c>source-ip</c> knows it by in the data plane.</summary>
public static class SourceAddress
{
    /// <summary>
    /// 4 or 16, in network order; null when it is no address written in full: the library also takes <c>10.1</c> and reads <c>010.0.0.1</c>
    /// as octal. An IPv4 client of a dual-stack listener is the same client as on an IPv4 one.
    /// </summary>
    public static byte[]? BytesOf(string text)
    {
        if (!IPAddress.TryParse(text, out var address)) return null;
        if (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text) return null;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
    }
}
