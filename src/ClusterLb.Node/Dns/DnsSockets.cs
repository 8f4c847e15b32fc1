using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Dns;

/// <summary>The port of the name server.</summary>
/// <param name="Datagrams">Of UDP.</param>
/// <param name="Streams">Of TCP; it listens.</param>
internal sealed record DnsSockets(Socket Datagrams, Socket Streams)
{
    /// <summary>Connections that the kernel completes before they are accepted.</summary>
    private const int Backlog = 128;

    /// <summary>Where both are bound.</summary>
    public IPEndPoint EndPoint { get; } = (IPEndPoint)Streams.LocalEndPoint!;

    /// <summary>Both under one number, also where the system is to choose it.</summary>
    /// <exception cref="DnsBindException">A port cannot be bound.</exception>
    public static DnsSockets Bind(IPEndPoint bind, bool alsoIPv4)
    {
        var listener = Open(bind, SocketType.Stream, ProtocolType.Tcp, alsoIPv4);
        try
        {
            listener.Listen(Backlog);
            return new DnsSockets(Open((IPEndPoint)listener.LocalEndPoint!, SocketType.Dgram, ProtocolType.Udp, alsoIPv4), listener);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private static Socket Open(IPEndPoint bind, SocketType type, ProtocolType protocol, bool alsoIPv4)
    {
        var socket = new Socket(bind.AddressFamily, type, protocol);
        try
        {
            if (bind.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = alsoIPv4;
            socket.Bind(bind);
            return socket;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new DnsBindException(bind, protocol, failure);
        }
    }
}

/// <summary>A port of the name server cannot be bound; the message is one line for whoever starts the node.</summary>
internal sealed class DnsBindException(IPEndPoint bind, ProtocolType protocol, SocketException cause)
    : Exception($"dns cannot bind {bind} ({protocol.ToString().ToUpperInvariant()}): {Describe(cause)}", cause)
{
    private static string Describe(SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the address is in use by another process",
        SocketError.AddressNotAvailable => "this machine does not have that address",
        SocketError.AccessDenied => "not permitted; ports below 1024 need the right to bind them",
        _ => cause.Message,
    };
}
