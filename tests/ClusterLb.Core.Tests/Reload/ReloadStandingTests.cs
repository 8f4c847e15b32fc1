using ClusterLb.Core.Reload;

namespace ClusterLb.Core.Tests.Reload;

public class ReloadStandingTests
{
    private static readonly ReloadEpoch s_target = new(5, "new");

    [Theory]
    // It is there already, or beyond.
    [InlineData(5, "old", "new", 0, ReloadStep.Stay)]
    [InlineData(6, "old", null, 0, ReloadStep.Stay)]
    // It has what the others switched to, or something else that its own coordinator has to speak on.
    [InlineData(4, "old", "new", 0, ReloadStep.Switch)]
    [InlineData(4, "old", "other", 0, ReloadStep.Stay)]
    // It was away: its files are read once, also when the same seems to be in force, for a node's own keys are in no fingerprint.
    [InlineData(4, "old", null, 4, ReloadStep.Read)]
    [InlineData(0, "new", null, 0, ReloadStep.Read)]
    [InlineData(4, "old", null, 5, ReloadStep.Stay)]
    // An operator has brought it there afterwards.
    [InlineData(4, "new", null, 5, ReloadStep.Count)]
    public void A_node_follows_what_the_others_report(long epoch, string inForce, string? prepared, long tried, ReloadStep step) =>
        Assert.Equal(step, new ReloadStanding(new ReloadEpoch(epoch, "x"), inForce, prepared, new ReloadEpoch(tried, "new"))
            .StepTo(s_target, "new"));

    [Fact]
    public void Of_two_configurations_with_one_number_exactly_one_is_left()
    {
        var (one, other) = (new ReloadEpoch(5, "a"), new ReloadEpoch(5, "b"));

        Assert.Equal(ReloadStep.Read, new ReloadStanding(one, "a", null, ReloadEpoch.None).StepTo(other, "b"));
        Assert.Equal(ReloadStep.Stay, new ReloadStanding(other, "b", null, ReloadEpoch.None).StepTo(one, "a"));
        // And once only, when its files are others.
        Assert.Equal(ReloadStep.Stay, new ReloadStanding(one, "a", null, other).StepTo(other, "b"));
    }

    [Theory]
    // All were reloaded one by one since: a node that starts with the same has nothing to follow.
    [InlineData("mine", null, ReloadStep.Count)]
    // It has another one than they have; or holds something that its coordinator has to speak on.
    [InlineData("other", null, ReloadStep.Read)]
    [InlineData("mine", "other", ReloadStep.Stay)]
    public void An_epoch_that_whoever_says_it_has_left_is_only_a_number(string inForce, string? prepared, ReloadStep step) =>
        Assert.Equal(step, new ReloadStanding(ReloadEpoch.None, inForce, prepared, ReloadEpoch.None).StepTo(s_target, "mine"));
}
