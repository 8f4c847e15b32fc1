using System.Globalization;
using ClusterLb.Testing;

namespace ClusterLb.Redis.Tests.Servers;

/// <summary>A Redis Cluster of three masters without replicas.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private RedisCluster(RedisServer[] nodes) => Nodes = nodes;

    public RedisServer[] Nodes { get; }

    public static async Task<RedisCluster> StartAsync()
    {
        var nodes = new List<RedisServer>();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                nodes.Add(await RedisServer.StartAsync(
                    "--cluster-enabled", "yes", "--cluster-port", FreePorts.Next().ToString(CultureInfo.InvariantCulture),
                        "--cluster-node-timeout", "1000"));
            }

            var said = await RedisServer.RunAsync("redis-cli",
                ["--cluster", "create", .. nodes.Select(node => node.EndPoint), "--cluster-yes"]);
            Assert.Contains("All 16384 slots covered", said, StringComparison.Ordinal);
            foreach (var node in nodes)
            {
                await Eventually.Is(async () => (await node.CliAsync("CLUSTER", "INFO"))
                    .Contains("cluster_state:ok", StringComparison.Ordinal));
            }

            return new RedisCluster([.. nodes]);
        }
        catch
        {
            foreach (var node in nodes) await node.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
    }
}
