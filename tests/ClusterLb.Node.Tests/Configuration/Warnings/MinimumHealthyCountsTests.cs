namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class MinimumHealthyCountsTests
{
    [Theory]
    [InlineData("count", "2", "it must be less than 2")]
    [InlineData("count", "7", "it must be less than 2")]
    [InlineData("percent", "51", "it must be at most 50")]
    public void A_minimum_that_uses_whoever_is_down(string key, string value, string message) =>
        Warned.Of($"pools.app.minimum-healthy.{key}", message, $"pools.app.minimum-healthy.{key}={value}");

    [Fact]
    public void One_that_lets_a_backend_be_down_is_sound()
    {
        Warned.OfNothing("pools.app.minimum-healthy={ count = 1, percent = 50 }");
        Warned.OfNothing("pools.app.minimum-healthy.count=0");
        Warned.OfNothing("pools.app.minimum-healthy.count=1", "pools.app.backends.a2=null");
    }
}
