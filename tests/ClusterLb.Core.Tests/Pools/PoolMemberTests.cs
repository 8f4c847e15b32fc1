using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Tests.Pools;

public class PoolMemberTests
{
    private static readonly TimeSpan s_slowStart = TimeSpan.FromSeconds(10);

    private readonly PoolMember _member = PoolMembers.One();

    [Fact]
    public void What_was_known_before_is_no_news()
    {
        Assert.Equal((false, true, false), (Put(AdminState.Ready), Put(AdminState.Draining), Put(AdminState.Draining)));
        Assert.Equal((true, false, true), (Hear(ActiveHealth.Unknown), Hear(ActiveHealth.Unknown), Hear(ActiveHealth.Up)));
        Assert.Equal((false, true, false), (Reach(true), Reach(false), Reach(false)));
        Assert.Equal((false, true, false), (Weigh(null), Weigh(3), Weigh(3)));

        bool Put(AdminState state) => _member.Put(state, 0);
        bool Hear(ActiveHealth health) => _member.Pronounce(health, "test");
        bool Reach(bool reachable) => _member.Reach(reachable, "test");
        bool Weigh(int? weight) => _member.Weigh(weight, "test");
    }

    [Fact]
    public void A_comeback_is_news_while_its_slow_start_lasts_and_when_it_is_later_than_the_one_known()
    {
        Assert.False(_member.ComeBack(null, s_slowStart, 10_000));
        Assert.False(_member.ComeBack(0, s_slowStart, 10_000));
        Assert.Null(_member.RampSince);

        Assert.True(_member.ComeBack(1, s_slowStart, 10_000));
        Assert.False(_member.ComeBack(1, s_slowStart, 10_000));
        Assert.True(_member.ComeBack(2, s_slowStart, 10_000));
        Assert.Equal(2, _member.RampSince);
    }

    [Fact]
    public void A_trial_may_last_as_long_as_its_timeouts_since_it_was_first_seen_and_then_it_is_over()
    {
        var config = PoolConfigs.Of("a");
        _member.Passive = new PassiveState(PassivePhase.Trial, 1, 0);
        Assert.True(_member.TryLease(failOpen: false, out _));

        foreach (var now in new[] { 1_000, 32_000 }) _member.LetTimePass(config, now);
        Assert.Equal((true, true), (_member.OnTrial, _member.TrialTaken));
        _member.LetTimePass(config, 32_001);
        Assert.Equal((false, false), (_member.OnTrial, _member.TrialTaken));
    }

    [Fact]
    public void Who_is_forgiven_is_neither_on_trial_nor_watched()
    {
        Assert.False(_member.Accuse(PassiveEvidence.Suspicion, client: 7, 0));
        _member.Passive = new PassiveState(PassivePhase.Trial, 1, 0);
        Assert.True(_member.TryTakeTrial());
        Assert.True(_member.IsWatched);

        _member.Forgive(1);

        Assert.Equal((false, false, false), (_member.OnTrial, _member.TrialTaken, _member.IsWatched));
    }
}
