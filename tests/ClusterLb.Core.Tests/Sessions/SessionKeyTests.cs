using ClusterLb.Core.Numerics;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Core.Tests.Sessions;

public sealed class SessionKeyTests
{
    [Fact]
    public void The_same_client_is_the_same_session_everywhere_and_another_one_in_another_pool()
    {
        var (app, shop) = (StableHash.Of("app"), StableHash.Of("shop"));

        Assert.Equal(SessionKey.Of(app, "ABC"u8), SessionKey.Of(app, "ABC"u8));
        Assert.NotEqual(SessionKey.Of(app, "ABC"u8), SessionKey.Of(shop, "ABC"u8));
        Assert.NotEqual(SessionKey.Of(app, "ABC"u8), SessionKey.Of(app, "ABD"u8));
    }

    [Theory]
    [InlineData("00000000000000ff", true)]
    [InlineData("0000000000000000", false)]
    [InlineData("ff", false)]
    [InlineData("0000000000000000ff", false)]
    [InlineData("00000000000000fg", false)]
    [InlineData("+0000000000000ff", false)]
    public void Its_text_is_16_hexadecimal_digits(string text, bool isKey)
    {
        Assert.Equal(isKey, SessionKey.TryParse(text, out var key));
        Assert.Equal(isKey, !key.IsNone);
        if (isKey) Assert.Equal(text, key.ToString());
    }
}
