using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;
using CsCheck;

namespace ClusterLb.Core.Tests.Health;

public sealed class CheckStateTests
{
    private static readonly HealthConfig s_config = Configs.Pool.Health with { HealthyThreshold = 2, UnhealthyThreshold = 3 };

    [Theory]
    [InlineData(true, "+", ActiveHealth.Up)]
    [InlineData(false, "+", ActiveHealth.Unknown)]
    [InlineData(false, "++", ActiveHealth.Up)]
    [InlineData(false, "+-+", ActiveHealth.Unknown)]
    [InlineData(false, "--", ActiveHealth.Unknown)]
    [InlineData(false, "---", ActiveHealth.Down)]
    [InlineData(false, "--+---", ActiveHealth.Down)]
    [InlineData(true, "+-", ActiveHealth.GoingDown)]
    [InlineData(true, "+--+--", ActiveHealth.GoingDown)]
    [InlineData(true, "+---", ActiveHealth.Down)]
    [InlineData(false, "---+", ActiveHealth.GoingUp)]
    [InlineData(false, "---+-+", ActiveHealth.GoingUp)]
    [InlineData(false, "---++", ActiveHealth.Up)]
    public void Consecutive_results_decide_and_an_opposite_one_starts_anew(bool poolIsNew, string results, ActiveHealth expected)
    {
        var state = CheckState.New(0);
        foreach (var result in results) state = state.Apply(result == '+', s_config, poolIsNew && state.Health == ActiveHealth.Unknown, 0);

        Assert.Equal(expected, state.Health);
    }

    [Fact]
    public void Within_its_grace_a_new_backend_is_not_judged()
    {
        var config = s_config with { StartGrace = TimeSpan.FromSeconds(1), UnhealthyThreshold = 1 };
        var state = CheckState.New(5_000).Apply(passed: false, config, poolIsNew: false, now: 5_999);

        Assert.Equal(ActiveHealth.Unknown, state.Health);
        Assert.Equal(ActiveHealth.Down, state.Apply(passed: false, config, poolIsNew: false, now: 6_000).Health);
    }

    [Theory]
    [InlineData(ActiveHealth.Unknown, ActiveHealth.Unknown, -2)]
    [InlineData(ActiveHealth.Up, ActiveHealth.GoingDown, 2)]
    public void However_many_doubts_there_are_they_stay_one_short_of_a_verdict(ActiveHealth before, ActiveHealth after, int count)
    {
        var state = new CheckState(before, 0, 0);
        for (var i = 0; i < 10; i++) state = state.Doubt(s_config, 0);

        Assert.Equal(new CheckState(after, count, 0), state);
        Assert.Equal(ActiveHealth.Down, state.Fail(1, s_config, 0).Health);
    }

    [Fact]
    public void Enough_equal_results_settle_any_state() =>
        Gen.Select(Gen.Bool.List[0, 40], Gen.Int[1, 5], Gen.Int[1, 5], Gen.Bool).Sample((history, healthy, unhealthy, last) =>
    {
        var config = s_config with { HealthyThreshold = healthy, UnhealthyThreshold = unhealthy };
        var state = CheckState.New(0);
        foreach (var passed in history) state = state.Apply(passed, config, poolIsNew: false, 0);
        for (var i = 0; i < Math.Max(healthy, unhealthy); i++) state = state.Apply(last, config, poolIsNew: false, 0);

        return state.Health == (last ? ActiveHealth.Up : ActiveHealth.Down) && !state.IsInTransition;
    });

    [Fact]
    public void A_backend_never_up_is_never_going_down() => Gen.Bool.List[0, 40].Sample(history =>
    {
        var state = CheckState.New(0);
        var wasUp = false;
        foreach (var passed in history)
        {
            state = state.Apply(passed, s_config, poolIsNew: false, 0);
            wasUp |= state.Health == ActiveHealth.Up;
            if (state.Health == ActiveHealth.GoingDown && !wasUp) return false;
        }

        return true;
    });
}
