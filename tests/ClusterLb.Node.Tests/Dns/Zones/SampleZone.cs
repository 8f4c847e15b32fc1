using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Dns.Zones;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Dns.Zones;

/// <summary>Zones of lb.example.org with nodes as a test wants them.</summary>
internal static class SampleZone
{
    public const string Name = "lb.example.org";

    public static DnsConfig Config { get; } =
        Configs.Dns with { Bind = new IPEndPoint(IPAddress.Loopback, 0), Zone = Name, RateLimit = 0 };

    public static Zone Of(params ZoneNode[] nodes) => new(Config, nodes, serial: 7, ttl: 2);

    /// <summary>Nodes lb1, lb2 and so on at 192.0.2.1, 192.0.2.2 and so on, all of them serving.</summary>
    public static Zone OfMany(int count) => Of([.. Enumerable.Range(1, count).Select(i => Serving($"lb{i}", $"192.0.2.{i}"))]);

    public static ZoneNode Serving(string name, params string[] addresses) =>
        new(name, addresses.Select(IPAddress.Parse).ToEquatableList(), IsServing: true) { IsNameServer = true };

    public static ZoneNode Away(string name, params string[] addresses) => Serving(name, addresses) with { IsServing = false };
}
