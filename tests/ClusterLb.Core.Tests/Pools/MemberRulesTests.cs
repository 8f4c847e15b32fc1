using ClusterLb.Core.Health;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Tests.Pools;

public class MemberRulesTests
{
    [Fact]
    public void Time_changes_a_climb_at_once_an_ejection_at_its_end_and_a_trial_within_a_second()
    {
        var (idle, trial, ejected, climbing) = (PoolMembers.One(), PoolMembers.One(), PoolMembers.One(), PoolMembers.One());
        trial.Passive = new PassiveState(PassivePhase.Trial, 1, 0);
        ejected.Passive = new PassiveState(PassivePhase.Ejected, 1, 0);
        climbing.RampSince = 0;

        Assert.Equal(long.MaxValue, NextWork(500, idle));
        Assert.Equal(1_500, NextWork(500, idle, trial, ejected));
        Assert.Equal(10_000, NextWork(500, idle, ejected));
        Assert.Equal(10_000, NextWork(9_500, trial, ejected));
        Assert.Equal(500, NextWork(500, ejected, climbing));

        static long NextWork(long now, params PoolMember[] members) => MemberRules.NextWork(members, PoolConfigs.Passive, now);
    }
}
