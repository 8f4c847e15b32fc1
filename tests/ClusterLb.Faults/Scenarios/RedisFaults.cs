using ClusterLb.Faults.Nodes;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>Whatever becomes of Redis, no request fails and no session moves: it is never needed to serve.</summary>
internal static class RedisOutage
{
    /// <summary>Waits until every node knows that Redis is gone, for the rest of the time, and has it back.</summary>
    public static async Task RunAsync(Trial trial, Action take, Func<Task> giveBack)
    {
        trial.Begin();
        take();
        try
        {
            await trial.DetectAsync("Redis does not answer", trial.Cluster.Nodes, report => !report.StoreIsUp);
            await trial.HoldAsync();
        }
        finally
        {
            await giveBack();
        }

        await NodeCluster.UntilAsync("Redis answers again", trial.Cluster.Nodes, report => report.StoreIsUp);
        trial.End();
    }
}

internal sealed class RedisSigkill : IScenario
{
    public string Name => "redis-sigkill";

    public string Summary => "Redis is killed, and comes back at the end";

    public Task RunAsync(Trial trial) => RedisOutage.RunAsync(trial, trial.Site.Redis.Kill, trial.Site.Redis.StartAsync);
}

internal sealed class RedisSigstop : IScenario
{
    public string Name => "redis-sigstop";

    public string Summary => "Redis is stopped for half of --duration: connections stay, nobody answers";

    public Task RunAsync(Trial trial) => RedisOutage.RunAsync(trial, trial.Site.Redis.Freeze, () =>
    {
        trial.Site.Redis.Thaw();
        return Task.CompletedTask;
    });
}

internal sealed class RedisFlushall : IScenario
{
    public string Name => "redis-flushall";

    public string Summary => "everything in Redis is deleted, twice";

    public async Task RunAsync(Trial trial)
    {
        trial.Begin();
        await trial.Site.Redis.CommandAsync("FLUSHALL");
        await trial.HoldAsync();
        await trial.Site.Redis.CommandAsync("FLUSHALL");
        trial.End();
    }
}

internal sealed class RedisFull : IScenario
{
    public string Name => "redis-full";

    public string Summary => "Redis has no memory left and refuses every write (maxmemory 1mb, noeviction)";

    public async Task RunAsync(Trial trial)
    {
        trial.Begin();
        await trial.Site.Redis.CommandAsync("CONFIG SET maxmemory-policy noeviction");
        await trial.Site.Redis.CommandAsync("CONFIG SET maxmemory 1mb");
        await trial.HoldAsync();
        await trial.Site.Redis.CommandAsync("CONFIG SET maxmemory 0");
        await NodeCluster.UntilAsync("Redis answers again", trial.Cluster.Nodes, report => report.StoreIsUp);
        trial.End();
    }
}

internal sealed class RedisRestartEmpty : IScenario
{
    public string Name => "redis-restart-empty";

    public string Summary => "Redis is killed and started at once, with nothing in it";

    public async Task RunAsync(Trial trial)
    {
        trial.Begin();
        trial.Site.Redis.Kill();
        await trial.Site.Redis.StartAsync();
        await trial.HoldAsync();
        await NodeCluster.UntilAsync("Redis answers again", trial.Cluster.Nodes, report => report.StoreIsUp);
        trial.End();
    }
}
