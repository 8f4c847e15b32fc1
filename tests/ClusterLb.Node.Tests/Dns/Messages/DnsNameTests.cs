using System.Text;
using ClusterLb.Node.Dns.Messages;

namespace ClusterLb.Node.Tests.Dns.Messages;

public class DnsNameTests
{
    [Fact]
    public void A_name_is_its_labels_in_lower_case() =>
        Assert.Equal("\u0002lb\u0007example\u0003org\0"u8.ToArray(), DnsName.Parse("LB.Example.org"));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("ü.example")]
    [InlineData("x123456789x123456789x123456789x123456789x123456789x123456789x123.org")]
    public void What_has_no_labels_or_too_long_ones_is_no_name(string text) => Assert.Null(DnsName.Parse(text));

    [Fact]
    public void The_longest_name_has_255_bytes()
    {
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 62), 4)) + ".a";

        Assert.Equal(DnsName.MostBytes, DnsName.Parse(longest)!.Length);
        Assert.Null(DnsName.Parse(longest + "a"));
    }

    [Fact]
    public void Only_letters_of_ASCII_have_a_case()
    {
        var name = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var lower = new byte[256];
        DnsName.Lower(name, lower);

        var expected = Encoding.Latin1.GetString(name).Select(letter => char.IsAsciiLetterUpper(letter) ? (char)(letter + 32) : letter);
        Assert.Equal(string.Concat(expected), Encoding.Latin1.GetString(lower));
    }
}
