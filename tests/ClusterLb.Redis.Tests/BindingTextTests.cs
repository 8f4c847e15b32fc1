using ClusterLb.Core.Sessions;
using CsCheck;

namespace ClusterLb.Redis.Tests;

public class BindingTextTests
{
    [Fact]
    public void What_is_written_is_read() => Gen.Select(Gen.ULong, Gen.UInt, Gen.UInt).Sample((backend, version, expiresAt) =>
    {
        var binding = new Binding(new SessionKey(42), backend, version, expiresAt);
        Assert.Equal(binding, BindingText.Read(binding.Session, BindingText.Write(binding)));
    });

    [Fact]
    public void It_is_a_line_a_person_can_read() =>
        Assert.Equal("3:00000000000000ab:1700000000", BindingText.Write(new Binding(new SessionKey(1), 0xab, 3, 1_700_000_000)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("3:00000000000000ab")]
    [InlineData("3:ab:1700000000")]
    [InlineData("3:00000000000000ax:1700000000")]
    [InlineData("-3:00000000000000ab:1700000000")]
    [InlineData("3:00000000000000ab:17000000000")]
    [InlineData("3:00000000000000ab:1700000000:")]
    public void What_is_none_of_ours_is_none(string? text) => Assert.Null(BindingText.Read(new SessionKey(1), text));

    [Fact]
    public void Redis_keeps_it_up_to_10_s_longer_than_it_lives_and_those_of_one_moment_for_different_times()
    {
        var kept = Enumerable.Range(1, 1_000)
            .Select(i => BindingText.TimeToLive(new Binding(SessionKey.Of(1, BitConverter.GetBytes(i)), 1, 0, 160), 100)).ToList();

        Assert.All(kept, time => Assert.InRange(time, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70)));
        Assert.True(kept.Distinct().Count() > 900);
        Assert.True(kept.Max() - kept.Min() > TimeSpan.FromSeconds(9));
    }
}
