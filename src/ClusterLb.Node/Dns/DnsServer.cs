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

    /// <param name="ports">Its own from here on.</param>
    /// <param name="config">In force.</param>
    /// <param name="zone">Of the moment in which it is asked; null = there is none.</param>
    /// <param name="counts">Of everything that it does.</param>
    /// <param name="onFault">Hears of bugs.</param>
    public static DnsServer Start(
        DnsPorts ports, Func<DnsConfig> config, Func<Zone?> zone, DnsCounts counts, Clock clock, Action<Exception> onFault)
    {
        var responder = new Responder(zone, config, new ServerCookie(RandomNumberGenerator.GetBytes(16)), counts, clock);
        IDatagrams port = OperatingSystem.IsLinux() && Environment.Is64BitProcess
            ? new LinuxDatagrams(ports.Datagrams)
            : new SocketDatagrams(ports.Datagrams);
        return new DnsServer(ports.EndPoint, new DatagramServer(port, responder, BucketsOf(config()), counts, onFault),
            new StreamServer(ports.Listener, responder, counts, s_idle, clock.Provider, onFault));
    }

    /// <summary>Another rate limit: every network begins anew.</summary>
    public void Limit(DnsConfig config) => _datagrams.Buckets = BucketsOf(config);

    public async ValueTask DisposeAsync()
    {
        _datagrams.Dispose();
        await _streams.DisposeAsync();
    }

    private static NetworkBuckets BucketsOf(DnsConfig config) =>
        new(config.RateLimit, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
}
