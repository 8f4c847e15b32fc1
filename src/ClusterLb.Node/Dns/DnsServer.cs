using System.Net;
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

    private readonly DatagramServer _datagrams;
    private readonly StreamServer _streams;

    private DnsServer(IPEndPoint endPoint, DatagramServer datagrams, StreamServer streams) =>
        (EndPoint, _datagrams, _streams) = (endPoint, datagrams, streams);

    /// <summary>Where it answers.</summary>
    public IPEndPoint EndPoint { get; }

    /// <param name="config">With <c>bind</c> when it starts; whom the zone may be given to is asked each time.</param>
    /// <param name="sockets">Its own from here on.</param>
    /// <param name="zone">Of the moment in which it is asked; null = there is none.</param>
    /// <param name="counts">Of everything that it does.</param>
    /// <param name="onFault">Hears of bugs.</param>
    public static DnsServer Start(
        Func<DnsConfig> config, DnsSockets sockets, Func<Zone?> zone, DnsCounts counts, Clock clock, Action<Exception> onFault)
    {
        var first = config();
        var responder = new Responder(zone, config, new ServerCookie(RandomNumberGenerator.GetBytes(16)), counts, clock);
        var buckets = new NetworkBuckets(first.RateLimit, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        IDatagrams port = OperatingSystem.IsLinux() && Environment.Is64BitProcess
            ? new LinuxDatagrams(sockets.Datagrams)
            : new SocketDatagrams(sockets.Datagrams);
        return new DnsServer(sockets.EndPoint, new DatagramServer(port, responder, buckets, counts, onFault),
            new StreamServer(sockets.Streams, responder, counts, s_idle, clock.Provider));
    }

    public async ValueTask DisposeAsync()
    {
        _datagrams.Dispose();
        await _streams.DisposeAsync();
    }
}
