using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Tests.Pools;

/// <summary>
/// What an operator's weight, a drain and a slow start of a live pool do to the shares of a picker that was there before.
/// </summary>
public sealed class PoolShareTests : IPoolEvents
{
    private const int Picks = 10_000;

    public static TheoryData<string> Names => [.. Policies.Default.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operators_weight_counts_at_once_and_until_it_is_withdrawn(string policy)
    {
        var pool = PoolOf(policy, predecessor: null);
        var picker = pool.Pickers.CreatePicker(new LoopRandom(1));
        var before = Owners(pool, picker);
        AssertShares(before, 1, 1, 1);

        pool.SetWeight(pool.Members[0], 8, "test", 0);
        AssertShares(Owners(pool, picker), 8, 1, 1);
        pool.SetWeight(pool.Members[0], 0, "test", 0);
        AssertShares(Owners(pool, picker), 0, 1, 1);
        pool.SetWeight(pool.Members[0], null, "test", 0);
        var after = Owners(pool, picker);

        AssertShares(after, 1, 1, 1);
        if (pool.Policy.KeyOf(pool.Config) is not null) Assert.Equal(before, after);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_counts_in_the_pool_that_replaces_this_one(string policy)
    {
        var pool = PoolOf(policy, predecessor: null);
        pool.SetWeight(pool.Members[2], 3, "test", 0);
        var next = PoolOf(policy, pool);

        AssertShares(Owners(next, next.Pickers.CreatePicker(new LoopRandom(1))), 1, 1, 3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_slow_start_gives_what_its_weight_is_at_the_moment(string policy)
    {
        var pool = PoolOf(policy, predecessor: null);
        var picker = pool.Pickers.CreatePicker(new LoopRandom(1));
        Owners(pool, picker);
        pool.SetAdmin(pool.Members[1], AdminState.Draining, "test", 0);
        AssertShares(Owners(pool, picker), 1, 0, 1);
        pool.SetAdmin(pool.Members[1], AdminState.Ready, "test", 1_000);
        AssertShares(Owners(pool, picker), 1, 0.1, 1);

        pool.Tick(1_000 + 10_000);
        AssertShares(Owners(pool, picker), 1, 0.5, 1);
        pool.Tick(1_000 + 20_000);
        AssertShares(Owners(pool, picker), 1, 1, 1);
    }

    void IPoolEvents.EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
    {
    }

    void IPoolEvents.FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
    }

    private static string[] Owners(Pool pool, IPicker picker) => [.. Enumerable.Range(0, Picks).Select(i =>
        picker.Pick(new PickRequest(pool.Eligible, new Tried(), true, StableHash.Of($"key-{i}"), 0))!.Name)];

    private static void AssertShares(string[] owners, params double[] weights)
    {
        for (var i = 0; i < weights.Length; i++)
            Assert.Equal(weights[i] / weights.Sum(), owners.Count(owner => owner == $"b{i}") / (double)Picks, 0.02);
    }

    private Pool PoolOf(string policy, Pool? predecessor)
    {
        var config = PoolConfigs.WithWeights(1, 1, 1).WithSlowStart(20).WithoutChecks() with { Balance = policy };
        config = config with { Hash = config.Hash with { LoadBound = 0 } };
        return new Pool(config, 0, Policies.Default.Get(policy), this, 0, predecessor);
    }
}
