using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using CsCheck;

namespace ClusterLb.Core.Tests.Health;

public class PassiveStateTests
{
    private static readonly PassiveConfig Config = new()
    {
        Failures = 3,
        Window = TimeSpan.FromSeconds(10),
        Eject = TimeSpan.FromSeconds(10),
        MaxEject = TimeSpan.FromSeconds(35),
        MaxEjectedPercent = 50,
        Status = [],
    };

    [Theory]
    [InlineData(1, 10_000)]
    [InlineData(2, 20_000)]
    [InlineData(3, 30_000)]
    [InlineData(4, 35_000)]
    [InlineData(int.MaxValue, 35_000)]
    public void The_nth_ejection_lasts_n_times_as_long_up_to_the_limit(int ejections, long milliseconds) =>
        Assert.Equal(500 + milliseconds, new PassiveState(PassivePhase.Ejected, ejections, 500).EndsAt(Config));

    [Fact]
    public void It_goes_from_ejected_to_trial_to_clear()
    {
        var state = default(PassiveState).Eject(Config, 0);
        Assert.Equal(state, state.Advance(Config, 9_999));
        state = state.Advance(Config, 10_000);
        Assert.Equal(new PassiveState(PassivePhase.Trial, 1, 10_000), state);
        Assert.Equal(state, state.Try(PassiveEvidence.None, Config, 10_500));
        Assert.Equal(new PassiveState(PassivePhase.Clear, 1, 11_000), state.Try(PassiveEvidence.Success, Config, 11_000));
    }

    [Theory]
    [InlineData(PassiveEvidence.Failure)]
    [InlineData(PassiveEvidence.Refused)]
    public void A_failed_trial_is_the_next_ejection(PassiveEvidence evidence) =>
        Assert.Equal(new PassiveState(PassivePhase.Ejected, 3, 700),
            new PassiveState(PassivePhase.Trial, 2, 600).Try(evidence, Config, 700));

    [Theory]
    [InlineData(34_999, 3)]
    [InlineData(35_000, 1)]
    public void After_long_enough_quiet_counting_starts_anew(long quiet, int ejections) =>
        Assert.Equal(ejections, new PassiveState(PassivePhase.Clear, 2, 1_000).Eject(Config, 1_000 + quiet).Ejections);

    [Fact]
    public void Waiting_long_for_its_trial_is_no_quiet() =>
        Assert.Equal(3, new PassiveState(PassivePhase.Trial, 2, 1_000).Try(PassiveEvidence.Refused, Config, 1_000_000).Ejections);

    [Fact]
    public void Whatever_happens_an_ejection_ends_within_the_limit() =>
        Gen.Select(Gen.Enum<PassiveEvidence>(), Gen.Long[0, 100_000]).List[0, 50].Sample(steps =>
        {
            var (state, now) = (default(PassiveState).Eject(Config, 0), 0L);
            foreach (var (evidence, wait) in steps)
            {
                now += wait;
                state = state.Advance(Config, now).Try(evidence, Config, now);
            }

            return state.Phase != PassivePhase.Ejected || state.Advance(Config, now + 35_000).Phase == PassivePhase.Trial;
        });
}
