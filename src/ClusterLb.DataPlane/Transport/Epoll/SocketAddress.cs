using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.DataPlane.Transport.Epoll;

/// <summary><c>struct sockaddr_in</c> and <c>sockaddr_in6</c> to and from our types.</summary>
internal static class SocketAddress
{
    public const int MaxLength = 28;

    public static int Write(IPEndPoint endPoint, Span<byte> destination)
    {
        destination[..MaxLength].Clear();
        var isIPv6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        BitConverter.TryWriteBytes(destination, (ushort)(isIPv6 ? Native.AF_INET6 : Native.AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(destination[(isIPv6 ? 8 : 4)..], out _);
        if (isIPv6) BitConverter.TryWriteBytes(destination[24..], (uint)endPoint.Address.ScopeId);
        return isIPv6 ? 28 : 16;
    }

    public static PeerAddress ReadPeer(ReadOnlySpan<byte> source)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return BitConverter.ToUInt16(source) == Native.AF_INET6
            ? PeerAddress.From(source.Slice(8, 16), port)
            : PeerAddress.From(source.Slice(4, 4), port);
    }
}
