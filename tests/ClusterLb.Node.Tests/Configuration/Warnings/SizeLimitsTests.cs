namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class SizeLimitsTests
{
    [Fact]
    public void A_target_is_in_a_head() =>
        Warned.Of("listeners.web.limits.target", "allows 20480 bytes", "listeners.web.limits.target=20KiB");

    [Fact]
    public void A_longer_head_or_the_default_is_sound()
    {
        Warned.OfNothing("listeners.web.limits.target=20KiB", "listeners.web.limits.head=32KiB");
        Warned.OfNothing("listeners.web.limits.head=4KiB");
    }
}
