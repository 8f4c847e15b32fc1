using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Pools;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Pools;

public sealed class ExplanationTests : IPoolEvents
{
    private static readonly HashConfig s_byHeader = Configs.Pool.Hash with { Key = HashKeyKind.Header, KeyName = "X-User" };

    public static TheoryData<string> AllPolicies => [.. Policies.Default.Names];

    [Theory]
    [MemberData(nameof(AllPolicies))]
    public void Every_policy_says_whom_it_picks_and_why(string policy)
    {
        var explanation = Explain(PoolOf(policy));

        Assert.Contains(explanation.Picked, explanation.Backends.Select(backend => backend.Name));
        Assert.NotEmpty(explanation.Why);
        Assert.All(explanation.Backends, backend => Assert.True(backend.IsEligible));
    }

    [Theory]
    [InlineData("p2c")]
    [InlineData("random")]
    public void What_is_left_to_chance_says_that_it_is_one_draw(string policy) =>
        Assert.Contains("one draw", Explain(PoolOf(policy)).Why, StringComparison.Ordinal);

    [Fact]
    public void Least_connections_picks_the_least_score()
    {
        var pool = PoolOf("least-connections");
        Assert.True(pool.Members[0].TryLease(out _));
        Assert.True(pool.Members[1].TryLease(out _));
        pool.Members[2].Load.SetRemote(3, 2);

        var explanation = Explain(pool);

        Assert.Equal([2.0, 2.0, 2.5], explanation.Backends.Select(backend => backend.Score!.Value));
        Assert.Equal((1, 0, 3), (explanation.Backends[0].InFlight, explanation.Backends[2].InFlight,
            explanation.Backends[2].InFlightElsewhere));
    }

    [Fact]
    public void The_score_of_least_time_takes_a_backend_never_observed_to_be_as_fast_as_the_fastest()
    {
        var pool = PoolOf("least-time");
        PeakEwma.Observe(pool.Members[0].Load, 2_000, 0);
        PeakEwma.Observe(pool.Members[1].Load, 1_000, 0);

        Assert.Equal([2_000.0, 1_000.0, 1_000.0], Explain(pool).Backends.Select(backend => backend.Score!.Value));
    }

    [Theory]
    [InlineData("least-connections")]
    [InlineData("least-time")]
    public void Whoever_is_picked_by_the_least_score_has_it(string policy)
    {
        var pool = PoolOf(policy);
        foreach (var member in pool.Members) PeakEwma.Observe(member.Load, 1_000 * (3 - member.Index), 0);
        Assert.True(pool.Members[2].TryLease(out _));

        var explanation = Explain(pool);

        var picked = explanation.Backends.Single(backend => backend.Name == explanation.Picked);
        Assert.Equal(explanation.Backends.Min(backend => backend.Score), picked.Score);
    }

    [Theory]
    [InlineData("round-robin")]
    [InlineData("random")]
    [InlineData("ip-hash")]
    public void A_policy_that_compares_nothing_has_no_scores(string policy) =>
        Assert.All(Explain(PoolOf(policy)).Backends, backend => Assert.Null(backend.Score));

    [Fact]
    public void A_hashed_key_is_given_to_the_first_of_its_order()
    {
        var explanation = Explain(PoolOf("consistent-hash"), StableHash.Of("alice"));

        Assert.Equal("header X-User", explanation.HashesBy);
        Assert.Equal("the key is its own", explanation.Why);
        Assert.Equal([1, 2, 3], explanation.Backends.Select(backend => backend.HashOrder!.Value).Order());
        Assert.Equal(1, explanation.Backends.Single(backend => backend.Name == explanation.Picked).HashOrder);
    }

    [Fact]
    public void Every_key_is_given_to_the_first_of_its_order()
    {
        var pool = PoolOf("consistent-hash");
        for (var i = 0; i < 30; i++)
        {
            var explanation = Explain(pool, StableHash.Of($"user {i}"));
            Assert.Equal(explanation.Picked, explanation.Backends.Single(backend => backend.HashOrder == 1).Name);
        }
    }

    [Fact]
    public void A_key_whose_backend_drains_goes_to_the_next_of_its_order()
    {
        var pool = PoolOf("consistent-hash");
        var own = Explain(pool, StableHash.Of("alice")).Picked!;
        pool.SetAdmin(pool.Find(own)!, AdminState.Draining, "drained by an operator", 0);

        var explanation = Explain(pool, StableHash.Of("alice"));

        Assert.Equal(2, explanation.Backends.Single(backend => backend.Name == explanation.Picked).HashOrder);
        Assert.Equal("the first in the key's order that is eligible and not full", explanation.Why);
        var drained = explanation.Backends.Single(backend => backend.Name == own);
        Assert.Equal((false, 0.0, "draining: drained by an operator"), (drained.IsEligible, drained.Weight, drained.Reason));
    }

    [Fact]
    public void A_request_without_the_key_goes_by_p2c_and_that_is_said()
    {
        var explanation = Explain(PoolOf("consistent-hash"));

        Assert.Contains("without the key goes by p2c", explanation.Why, StringComparison.Ordinal);
        Assert.All(explanation.Backends, backend => Assert.Null(backend.HashOrder));
    }

    [Fact]
    public void Nobody_eligible_is_503_and_everybody_full_is_a_wait()
    {
        var pool = PoolOf("p2c", maxInFlight: 1);
        foreach (var member in pool.Members) Assert.True(member.TryLease(out _));
        var full = Explain(pool);
        foreach (var member in pool.Members) pool.SetAdmin(member, AdminState.Maintenance, "maintenance", 0);

        Assert.Null(full.Picked);
        Assert.Equal("every eligible backend is full: the request waits up to 5 s for one", full.Why);
        Assert.Equal("full: 1 of 1 in flight", full.Backends[0].Reason);
        Assert.Equal((null, "no backend is eligible: the request is answered with 503"), (Explain(pool).Picked, Explain(pool).Why));
    }

    [Fact]
    public void A_pool_that_fails_open_says_so_and_uses_those_that_are_down()
    {
        var pool = PoolOf("p2c", Configs.HttpProbe);
        foreach (var member in pool.Members) pool.SetActive(member, ActiveHealth.Down, "connect refused x3", 0);

        var explanation = Explain(pool);

        Assert.True(explanation.FailsOpen);
        Assert.NotNull(explanation.Picked);
        Assert.Equal("used although down: connect refused x3", explanation.Backends[0].Reason);
    }

    [Fact]
    public void One_on_trial_says_so_and_has_its_tenth_and_nothing_is_said_of_the_others()
    {
        var pool = PoolOf("p2c");
        pool.Observe(pool.Members[0], PoolBench.Refused, client: 1, 0);
        pool.Tick(10_000);

        Assert.Equal([(0.1, "on trial: one request at a time"), (1.0, ""), (1.0, "")],
            Explain(pool).Backends.Select(backend => (backend.Weight, backend.Reason)));
    }

    [Fact]
    public void Nothing_speaks_against_who_waits_for_a_verdict_in_a_new_pool() =>
        Assert.All(Explain(PoolOf("p2c", Configs.HttpProbe)).Backends, backend => Assert.Equal((true, ""),
            (backend.IsEligible, backend.Reason)));

    [Fact]
    public void A_backend_of_weight_0_says_so()
    {
        var pool = PoolOf("p2c");
        pool.SetWeight(pool.Members[0], 0, "an operator", 0);

        Assert.Equal((false, "weight 0"), (Explain(pool).Backends[0].IsEligible, Explain(pool).Backends[0].Reason));
    }

    void IPoolEvents.EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
    {
    }

    void IPoolEvents.FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
    }

    private static Explanation Explain(Pool pool, ulong? key = null) => Explanation.Of(pool, key, new LoopRandom(1), 0);

    private Pool PoolOf(string policy, ProbeOptions? probe = null, int maxInFlight = 0)
    {
        var config = Configs.Pool with
        {
            Balance = policy,
            Hash = s_byHeader,
            Health = Configs.Pool.Health with { Probe = probe },
            Backends = [.. Enumerable.Range(1, 3)
                .Select(i => Configs.Backend($"b{i}", new IPEndPoint(IPAddress.Loopback, i), maxInFlight: maxInFlight))],
        };
        return new Pool(config, 0, Policies.Default.Get(policy), this, 0);
    }
}
