using System.Net;
using ClusterLb.Core.Discovery;
using CsCheck;

namespace ClusterLb.Core.Tests.Discovery;

public sealed class RefreshRuleTests
{
    private static readonly FoundBackends s_found = new([new FoundBackend("a", 80, [IPAddress.Loopback])], null);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(60, 60)]
    [InlineData(86_400, 300)]
    public void A_time_to_live_holds_between_1_second_and_5_minutes(int timeToLive, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Next(s_found with { TimeToLive = TimeSpan.FromSeconds(timeToLive) }, 0));

    [Fact]
    public void Where_nobody_tells_it_is_30_seconds_and_5_after_an_answer_that_named_nobody()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), Next(s_found, 0));
        Assert.Equal(TimeSpan.FromSeconds(5), Next(new NobodyFound("gone"), 0));
        Assert.Equal(TimeSpan.FromSeconds(5), Next(new NoAnswer("timeout"), 600));
        Assert.Equal(TimeSpan.FromSeconds(2), Next(new NoAnswer("timeout"), 2));
    }

    [Fact]
    public void What_an_operator_says_wins_over_the_time_to_live() =>
        Assert.Equal(TimeSpan.FromMinutes(20), Next(s_found with { TimeToLive = TimeSpan.FromSeconds(1) }, 1_200));

    [Fact]
    public void Who_holds_backends_back_asks_again_when_that_is_over()
    {
        var set = new FoundSet { Held = new Hold(1_000, 3, 2) };
        Assert.Equal(TimeSpan.FromSeconds(10), RefreshRule.Next(s_found, set, TimeSpan.FromMinutes(1), 0.5, 21_000));
        Assert.Equal(TimeSpan.FromSeconds(1), RefreshRule.Next(s_found, set, TimeSpan.FromMinutes(1), 0.5, 40_000));
    }

    [Fact]
    public void It_is_never_more_than_10_percent_off() =>
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, 100_000]).Sample((draw, timeToLive) =>
        {
            var answer = s_found with { TimeToLive = TimeSpan.FromSeconds(timeToLive) };
            var next = RefreshRule.Next(answer, FoundSet.NotAsked, TimeSpan.Zero, draw, 0).TotalSeconds;
            var wanted = Math.Clamp(timeToLive, 1, 300);
            Assert.InRange(next, (wanted * 0.9) - 0.001, (wanted * 1.1) + 0.001);
        });

    private static TimeSpan Next(SourceAnswer answer, int refreshSeconds) =>
        RefreshRule.Next(answer, FoundSet.NotAsked, TimeSpan.FromSeconds(refreshSeconds), draw: 0.5, nowMilliseconds: 0);
}
