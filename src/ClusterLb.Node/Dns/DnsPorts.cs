using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Dns;

/// <summary>The two sockets of a name server, bound, whom nobody answers yet.</summary>
/// <param name="Datagrams">UDP.</param>
/// <param name="Listener">TCP; listens.</param>
internal sealed record DnsPorts(Socket Datagrams, Socket Listener) : IDisposable
{
    /// <summary>Connections that the kernel completes before they are accepted.</summary>
    private const int Backlog = 128;

    public IPEndPoint EndPoint { get; } = (IPEndPoint)Listener.LocalEndPoint!;

    /// <summary>Both under one number, also where the system is to choose it.</summary>
    /// <param name="alsoIPv4">Of <c>[::]</c>: IPv4 clients arrive here, too.</param>
    /// <exception cref="DnsBindException">One of them cannot be bound.</exception>
    public static DnsPorts Bind(IPEndPoint bind, bool alsoIPv4)
    {
        var listener = Open(bind, SocketType.Stream, ProtocolType.Tcp, alsoIPv4);
        try
        {
            listener.Listen(Backlog);
            return new DnsPorts(Open((IPEndPoint)listener.LocalEndPoint!, SocketType.Dgram, ProtocolType.Udp, alsoIPv4), listener);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Datagrams.Dispose();
        Listener.Dispose();
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
internal sealed class DnsBindException : Exception
{
    public DnsBindException(IPEndPoint bind, ProtocolType protocol, SocketException cause)
        : base($"dns cannot bind {bind} ({protocol.ToString().ToUpperInvariant()}): {Describe(cause)}", cause)
    {
    }

    /// <param name="held">Where the node answers, which nobody else may bind beside it.</param>
    public DnsBindException(IPEndPoint bind, IPEndPoint held)
        : base($"dns cannot bind {bind} while it answers at {held}: give it another port, or restart the node")
    {
    }

    private static string Describe(SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the address is in use by another process",
        SocketError.AddressNotAvailable => "this machine does not have that address",
        SocketError.AccessDenied => "not permitted; ports below 1024 need the right to bind them",
        _ => cause.Message,
    };
}
