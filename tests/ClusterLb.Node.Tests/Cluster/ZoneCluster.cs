using System.Net;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Tests.Dns.Serving;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Three real nodes that answer for themselves: lb1 is found at 127.0.0.11, lb2 at 127.0.0.12, lb3 at 127.0.0.13.</summary>
internal sealed class ZoneCluster : IAsyncDisposable
{
    public const string Zone = "lb.example.org";

    private static readonly string[] s_addresses = ["127.0.0.11", "127.0.0.12", "127.0.0.13"];

    private readonly int _port = FreePorts.Next();

    private ZoneCluster(ProcessCluster cluster) => Cluster = cluster;

    public ProcessCluster Cluster { get; }

    public IReadOnlyList<ClusterNode> Nodes => Cluster.Nodes;

    public IReadOnlyList<IPEndPoint> Servers => [.. s_addresses.Select(address => new IPEndPoint(IPAddress.Parse(address), _port))];

    /// <param name="more">Settings of every node.</param>
    public static async Task<ZoneCluster> StartAsync(params string[] more)
    {
        var zone = new ZoneCluster(ProcessCluster.Build());
        try
        {
            for (var i = 0; i < zone.Nodes.Count; i++) zone.Start(i, more);
            await zone.Cluster.WholeAsync([.. zone.Nodes]);
            foreach (var server in zone.Servers) await Eventually.Is(async () => (await AddressesAsync(server)).SequenceEqual(s_addresses));
            return zone;
        }
        catch
        {
            await zone.DisposeAsync();
            throw;
        }
    }

    public void Start(int node, params string[] more) => Cluster.Start(Nodes[node],
    [
        $"dns.zone={Zone}", $"dns.bind={s_addresses[node]}:{_port}", $"dns.advertise=[\"{s_addresses[node]}\"]",
        $"listeners.web.bind={s_addresses[node]}:{Nodes[node].Port}", "cluster.profile=balanced", "dns.rate-limit=0", .. more,
    ]);

    public static string AddressOf(int node) => s_addresses[node];

    /// <summary>What one server says that the zone's name has, in order; nothing while it does not answer.</summary>
    public static async Task<IReadOnlyList<string>> AddressesAsync(IPEndPoint server) =>
        (await NameClient.AskAsync(server, Zone, RecordType.A)) is { Code: 0 } answer ? [.. answer.Data.Order(StringComparer.Ordinal)] : [];

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
