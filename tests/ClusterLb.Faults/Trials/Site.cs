using System.Net;
using ClusterLb.Faults.Backends;
using ClusterLb.Faults.Clients;
using ClusterLb.Faults.Names;
using ClusterLb.Faults.Nodes;
using ClusterLb.Faults.Redis;
using ClusterLb.Testing;

namespace ClusterLb.Faults.Trials;

/// <summary>Everything that runs for scenarios on one network: three nodes, four backends, Redis, a name server.</summary>
internal sealed class Site : IDisposable
{
    private const int BackendCount = 4;

    /// <summary>What the first, second, ... client asks for: its pool.</summary>
    private static readonly string[] s_folders =
        ["sessions", "app", "sessions", "lines", "sessions", "app", "named", "lines"];

    private readonly string _folder;

    private Site(string folder, IReadOnlyList<BackendProcess> backends, RedisProcess redis, NameServer names, NodeCluster cluster) =>
        (_folder, Backends, Redis, Names, Cluster) = (folder, backends, redis, names, cluster);

    public IReadOnlyList<BackendProcess> Backends { get; }

    public RedisProcess Redis { get; }

    public NameServer Names { get; }

    public NodeCluster Cluster { get; }

    /// <param name="network">Where it is to be.</param>
    /// <param name="program">The published <c>clusterlb</c>.</param>
    public static async Task<Site> StartAsync(INetwork network, string program)
    {
        var folder = Directory.CreateTempSubdirectory("clusterlb-faults-").FullName;
        var (backends, names) = (new List<BackendProcess>(), new NameServer(network.Servers));
        RedisProcess? redis = null;
        try
        {
            for (var i = 1; i <= BackendCount; i++)
            {
                // At all addresses, so that the name of one can change its address and still be the same server's.
                backends.Add(await BackendProcess.StartAsync($"b{i}", IPAddress.Any, network.Servers, FreePorts.Next(), folder));
                names.Set(ClusterFile.NameOf($"b{i}"), network.Servers);
            }

            redis = await RedisProcess.StartAsync(new IPEndPoint(network.Servers, FreePorts.Next()), folder);
            var plans = Enumerable.Range(1, 3).Select(i => new NodePlan(
                i, network.AddressOf(i), FreePorts.Next(), FreePorts.Next(), FreePorts.Next(), FreePorts.Next())).ToList();
            var file = new ClusterFile(plans, [.. backends.Select(backend => (backend.Name, backend.EndPoint, backend.Lines))],
                redis.EndPoint, names.EndPoint, Path.Combine(folder, "secrets"));
            return new Site(folder, backends, redis, names, await NodeCluster.StartAsync(network, file, program, folder));
        }
        catch
        {
            End(folder, backends, redis, names);
            throw;
        }
    }

    /// <summary>The clients of a run.</summary>
    public IEnumerable<ClientPlan> Plan(RunSettings settings, string run)
    {
        var interval = TimeSpan.FromSeconds((double)settings.Clients / settings.Rate);
        var (http, lines) = (new HttpProtocol(), new LineProtocol());
        IReadOnlyList<NodeAddress> web = [.. Cluster.Nodes.Select(node => node.Plan.Web)];
        IReadOnlyList<NodeAddress> tcp = [.. Cluster.Nodes.Select(node => node.Plan.Lines)];
        for (var number = 0; number < settings.Clients; number++)
        {
            var source = new IPEndPoint(Cluster.Network.SourceOf(number), 0);
            var folder = s_folders[number % s_folders.Length];
            yield return new ClientPlan(run, number, settings.Seed + number, folder, folder == "sessions" ? number : null, interval,
                folder == "lines" ? lines : http, source, folder == "lines" ? tcp : web);
        }
    }

    public void Dispose()
    {
        Cluster.Dispose();
        End(_folder, Backends, Redis, Names);
    }

    private static void End(string folder, IEnumerable<BackendProcess> backends, RedisProcess? redis, NameServer names)
    {
        foreach (var backend in backends) backend.Dispose();
        redis?.Dispose();
        names.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
