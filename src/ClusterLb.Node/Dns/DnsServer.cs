using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Time;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Dns.Serving;
using ClusterLb.Node.Dns.Zones;

namespace ClusterLb.Node.Dns;

/// <summary>The node's name server: one port of UDP and the same of TCP, from its start until it is disposed.</summary>
internal sealed class DnsServer : IAsyncDisposable
{
    /// <summary>Of a TCP connection without a whole query (RFC 7766, section 6.2.3).</summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    /// <summary>Connections that the kernel completes before they are accepted.</summary>
    private const int Backlog = 128;

    private readonly DatagramServer _datagrams;
    private readonly StreamServer _streams;

    private DnsServer(IPEndPoint endPoint, DatagramServer datagrams, StreamServer streams) =>
        (EndPoint, _datagrams, _streams) = (endPoint, datagrams, streams);

    /// <summary>Where it answers.</summary>
    public IPEndPoint EndPoint { get; }

    /// <param name="config">With <c>bind</c> when it starts; whom the zone may be given to is asked each time.</param>
    /// <param name="alsoIPv4">Of <c>[::]</c>: IPv4 clients arrive here, too.</param>
    /// <param name="zone">Of the moment in which it is asked; null = there is none.</param>
    /// <param name="counts">Of everything that it does.</param>
    /// <param name="onFault">Hears of bugs.</param>
    /// <exception cref="DnsBindException">A port cannot be bound.</exception>
    public static DnsServer Start(
        Func<DnsConfig> config, bool alsoIPv4, Func<Zone?> zone, DnsCounts counts, Clock clock, Action<Exception> onFault)
    {
        var first = config();
        var (datagrams, listener) = Bind(first.Bind!, alsoIPv4);
        var responder = new Responder(zone, config, new ServerCookie(RandomNumberGenerator.GetBytes(16)), counts, clock);
        var buckets = new NetworkBuckets(first.RateLimit, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        IDatagrams port = OperatingSystem.IsLinux() && Environment.Is64BitProcess
            ? new LinuxDatagrams(datagrams)
            : new SocketDatagrams(datagrams);
        return new DnsServer((IPEndPoint)listener.LocalEndPoint!, new DatagramServer(port, responder, buckets, counts, onFault),
            new StreamServer(listener, responder, counts, s_idle, clock.Provider));
    }

    public async ValueTask DisposeAsync()
    {
        _datagrams.Dispose();
        await _streams.DisposeAsync();
    }

    /// <summary>Both under one number, also where the system is to choose it.</summary>
    private static (Socket Datagrams, Socket Listener) Bind(IPEndPoint bind, bool alsoIPv4)
    {
        var listener = Open(bind, SocketType.Stream, ProtocolType.Tcp, alsoIPv4);
        try
        {
            listener.Listen(Backlog);
            return (Open((IPEndPoint)listener.LocalEndPoint!, SocketType.Dgram, ProtocolType.Udp, alsoIPv4), listener);
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
