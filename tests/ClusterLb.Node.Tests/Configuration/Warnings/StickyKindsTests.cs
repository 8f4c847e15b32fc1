namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class StickyKindsTests
{
    [Theory]
    [InlineData("name=SID")]
    [InlineData("ttl=2h")]
    [InlineData("cookie.secure=always")]
    public void Sessions_that_nobody_switched_on(string setting) =>
        Warned.Of($"pools.app.sticky.{setting.Split('=')[0].Split('.')[0]}", "sticky.by is none", $"pools.app.sticky.{setting}");

    [Theory]
    [InlineData("source-ip", "cookie.secure=always", "it is of our own cookie")]
    [InlineData("source-ip", "name=SID", "looks at addresses alone")]
    public void A_setting_of_another_kind(string by, string setting, string message) => Warned.Of(
        $"pools.app.sticky.{setting.Split('=')[0].Split('.')[0]}", message, $"pools.app.sticky.by={by}", $"pools.app.sticky.{setting}");

    [Fact]
    public void Those_of_its_own_are_sound_and_so_are_those_switched_off()
    {
        Warned.OfNothing("pools.app.sticky={ by = cookie, name = SID, ttl = 2h, cookie.secure = always }");
        Warned.OfNothing("pools.app.sticky={ by = none, name = SID, ttl = 2h, cookie.secure = always }");
        Warned.OfNothing("pools.app.sticky={ by = header, name = X-User }");
    }
}
