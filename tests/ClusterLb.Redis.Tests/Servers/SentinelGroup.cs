using System.Globalization;
using ClusterLb.Testing;

namespace ClusterLb.Redis.Tests.Servers;

/// <summary>A master, a replica and three Sentinels that take a second to believe that the master is dead.</summary>
internal sealed class SentinelGroup : IAsyncDisposable
{
    public const string ServiceName = "sessions";

    private SentinelGroup(RedisServer master, RedisServer replica, RedisServer[] sentinels) =>
        (Master, Replica, Sentinels) = (master, replica, sentinels);

    public RedisServer Master { get; }

    public RedisServer Replica { get; }

    public RedisServer[] Sentinels { get; }

    /// <param name="password">Of the servers; the Sentinels have none.</param>
    public static async Task<SentinelGroup> StartAsync(string password)
    {
        var started = new List<RedisServer>();
        try
        {
            return await StartAsync(password, started);
        }
        catch
        {
            foreach (var server in started) await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in (RedisServer[])[.. Sentinels, Replica, Master]) await server.DisposeAsync();
    }

    private static async Task<SentinelGroup> StartAsync(string password, List<RedisServer> started)
    {
        string[] access = ["--requirepass", password, "--masterauth", password, "--repl-diskless-sync-delay", "0"];
        var master = await RedisServer.StartAsync(access);
        started.Add(master);
        var replica = await RedisServer.StartAsync([.. access, "--replicaof", "127.0.0.1",
            master.Port.ToString(CultureInfo.InvariantCulture)]);
        started.Add(replica);
        var sentinels = new RedisServer[3];
        for (var i = 0; i < sentinels.Length; i++)
        {
            sentinels[i] = new RedisServer("redis-sentinel", FreePorts.Next(), []);
            started.Add(sentinels[i]);
            await File.WriteAllTextAsync(Path.Combine(sentinels[i].Folder, "server.conf"), string.Create(CultureInfo.InvariantCulture, $"""
                sentinel monitor {ServiceName} 127.0.0.1 {master.Port} 2
                sentinel auth-pass {ServiceName} {password}
                sentinel down-after-milliseconds {ServiceName} 1000
                sentinel failover-timeout {ServiceName} 1000

                """));
            await sentinels[i].StartAsync();
        }

        return new SentinelGroup(master, replica, sentinels);
    }
}
