namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class CookieKeyUseTests
{
    private const string Keys = "sticky.keys=[{ id = k1, secret = \"0123456789abcdef\" }]";

    [Fact]
    public void Keys_without_a_pool_that_sets_a_cookie() => Warned.Of("sticky.keys", "sign nothing", Keys, "pools.app.sticky.by=source-ip");

    [Fact]
    public void Keys_of_a_cookie_are_sound() =>
        Assert.Empty(Warned.Lines($"{Warned.Sound}clusterlb.{Keys}", "pools.app.sticky.by=cookie"));
}
