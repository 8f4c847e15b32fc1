using ClusterLb.Core.Configuration;
using ClusterLb.Redis.Tests.Servers;
using ClusterLb.Testing;
using static ClusterLb.Redis.Tests.TestStores;

namespace ClusterLb.Redis.Tests;

public sealed class SentinelTests
{
    [Fact]
    public async Task When_the_master_dies_the_store_goes_on_at_the_one_that_takes_over()
    {
        await using var group = await SentinelGroup.StartAsync("secret");
        await using var store = await ConnectAsync(ConfigOf(group));
        var returns = 0;
        store.OnReturn(() => Interlocked.Increment(ref returns));
        var claim = Bind(1, 7);
        Assert.Equal(claim, await store.ClaimedAsync(claim));
        Assert.Equal("1", await group.Master.CliAsync("-a", "secret", "--no-auth-warning", "WAIT", "1", "5000"));

        await group.Master.KillAsync();
        store.Put(Bind(2, 8));
        await Eventually.Is(() => !store.IsUp);
        await store.UpAsync();
        await store.WrittenAsync();

        await Eventually.Is(() => Volatile.Read(ref returns) >= 2);
        Assert.Equal(claim, await store.FoundAsync(claim.Session.Value));
        Assert.Equal("1", await group.Replica.CliAsync("-a", "secret", "--no-auth-warning", "EXISTS", "clusterlb:sess:{0000000000000002}"));
        Assert.Contains("role:master", await group.Replica.CliAsync("-a", "secret", "--no-auth-warning", "INFO", "replication"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sentinels_that_come_late_are_found_and_leave_no_connections_of_earlier_attempts()
    {
        await using var group = await SentinelGroup.StartAsync("secret");
        foreach (var sentinel in group.Sentinels) await sentinel.KillAsync();
        var log = new RecordedLog();
        await using var store = Create(ConfigOf(group), log);
        await Eventually.Is(() => log.Says("Warning 201"));
        Assert.Null(await store.ClaimAsync(Bind(1, 7), Patient));

        foreach (var sentinel in group.Sentinels) await sentinel.StartAsync();
        await store.UpAsync();

        Assert.Equal(7UL, (await store.ClaimedAsync(Bind(1, 7))).Backend);
        var clients = await group.Master.CliAsync("-a", "secret", "--no-auth-warning", "CLIENT", "LIST");
        Assert.Single(clients.Split('\n'), client => client.Contains("name=clusterlb", StringComparison.Ordinal));
    }

    private static RedisConfig ConfigOf(SentinelGroup group) => Configs.Redis with
    {
        Endpoints = group.Sentinels.Select(sentinel => sentinel.EndPoint).ToEquatableList(),
        ServiceName = SentinelGroup.ServiceName,
        Password = "secret",
    };
}
