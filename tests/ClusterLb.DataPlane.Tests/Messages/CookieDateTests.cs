using System.Globalization;
using System.Text;
using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Tests.Messages;

public sealed class CookieDateTests
{
    [Theory]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData("Thu, 01-Jan-1970 00:00:00 GMT")]
    [InlineData("Thursday, 01-Jan-70 00:00:00 GMT")]
    [InlineData("Thu Jan  1 00:00:00 1970")]
    [InlineData("1 jan 1970 0:0:0")]
    [InlineData("1970 January 1st 00:00:00 UTC")]
    [InlineData("00:00:00zzz 1970/Jan/01")]
    [InlineData("\tThu;01;Jan;70;00:00:00")]
    public void Every_way_to_write_a_date_is_read(string text) => Assert.Equal(0, Parse(text));

    [Theory]
    [InlineData("Wed, 09 Jun 2021 10:18:14 GMT", "2021-06-09T10:18:14Z")]
    [InlineData("Wed, 09-Jun-69 10:18:14 GMT", "2069-06-09T10:18:14Z")]
    [InlineData("Wed, 29 Feb 2024 23:59:59 GMT", "2024-02-29T23:59:59Z")]
    [InlineData("Mon, 01 Jan 1601 00:00:00 GMT", "1601-01-01T00:00:00Z")]
    public void Years_of_two_and_four_digits(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture).ToUnixTimeSeconds(), Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("Thu, 01 Jan 1970")]
    [InlineData("Thu, 32 Jan 1970 00:00:00 GMT")]
    [InlineData("Thu, 30 Feb 1970 00:00:00 GMT")]
    [InlineData("Thu, 00 Jan 1970 00:00:00 GMT")]
    [InlineData("Thu, 01 Jan 1600 00:00:00 GMT")]
    [InlineData("Thu, 01 Jan 19700 00:00:00 GMT")]
    [InlineData("Thu, 01 Jan 1970 24:00:00 GMT")]
    [InlineData("Thu, 01 Jan 1970 00:60:00 GMT")]
    [InlineData("Thu, 01 Jan 1970 00:00 GMT")]
    [InlineData("Thu, 01 Jan 1970 000:00:00 GMT")]
    public void What_is_no_date_counts_as_absent(string text) => Assert.Null(Parse(text));

    [Fact]
    public void Whatever_is_sent_is_a_date_or_none()
    {
        var random = new Random(5);
        var bytes = new byte[24];
        for (var i = 0; i < 20_000; i++)
        {
            foreach (ref var next in bytes.AsSpan()) next = "0123456789:: janfebDEC-\xff"u8[random.Next(24)];
            Assert.True(CookieDate.TryParse(bytes, out var seconds) || seconds == 0);
        }
    }

    private static long? Parse(string text) => CookieDate.TryParse(Encoding.Latin1.GetBytes(text), out var seconds) ? seconds : null;
}
