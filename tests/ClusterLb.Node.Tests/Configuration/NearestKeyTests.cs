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

    [Theory]
    [InlineData("weight", "pools.NAME.backends.NAME")]
    [InlineData("connect", "pools.NAME.timeouts")]
    [InlineData("keep-alive", "listeners.NAME.timeouts")]
    [InlineData("bind", "node.admin or dns or listeners.NAME")]
    [InlineData("seeds", "cluster")]
    public void A_key_of_another_block_is_told_where_it_belongs(string key, string place) =>
        Assert.Equal($"unknown key here; it belongs in {place}; legal keys here: interval, timeout",
            NearestKey.Hint(key, ["interval", "timeout"]));

    [Theory]
    [InlineData("rise", "healthy-threshold")]
    [InlineData("fall", "unhealthy-threshold")]
    [InlineData("uri", "path")]
    public void The_word_of_another_balancer_is_known(string key, string ours) => Assert.Equal($"unknown key; here it is \"{ours}\"",
        NearestKey.Hint(key, ["healthy-threshold", "unhealthy-threshold", "path", "role"]));

    [Fact]
    public void A_slip_of_one_letter_comes_before_a_block_far_away() =>
        Assert.Equal("unknown key; did you mean \"pools\"?", NearestKey.Hint("pool", ["listeners", "pools"]));
}
