using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

public class NearestKeyTests
{
    [Theory]
    [InlineData("intervall", "did you mean \"interval\"?")]
    [InlineData("timeuot", "did you mean \"timeout\"?")]
    [InlineData("Interval", "did you mean \"interval\"?")]
    [InlineData("zzzzzzzz", "legal keys here: interval, timeout")]
    public void The_nearest_key_is_named_when_one_is_near(string key, string expected) =>
        Assert.EndsWith(expected, NearestKey.Hint(key, ["interval", "timeout"]), StringComparison.Ordinal);
}
