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
        Assert.Equal(step, new ReloadStanding(new ReloadEpoch(epoch, "x"), inForce, prepared, tried).StepTo(s_target));
}
