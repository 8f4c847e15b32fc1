using System.Globalization;

namespace ClusterLb.Redis.Tests.Servers;

/// <summary>A Redis Cluster of three masters without replicas.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private RedisCluster(RedisServer[] nodes) => Nodes = nodes;

    public RedisServer[] Nodes { get; }

    public static async Task<RedisCluster> StartAsync()
    {
        var nodes = new RedisServer[3];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = await RedisServer.StartAsync(
                "--cluster-enabled", "yes", "--cluster-port", RedisServer.FreePort().ToString(CultureInfo.InvariantCulture), "--cluster-node-timeout", "1000");
        }

        var said = await RedisServer.RunAsync("redis-cli", ["--cluster", "create", .. nodes.Select(node => node.EndPoint), "--cluster-yes"]);
        Assert.Contains("All 16384 slots covered", said, StringComparison.Ordinal);
        foreach (var node in nodes)
        {
            while (!(await node.CliAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal)) await Task.Delay(20);
        }

        return new RedisCluster(nodes);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
    }
}
