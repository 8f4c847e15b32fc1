using System.Net;
using System.Text;
using ClusterLb.DataPlane.Messages;
using CsCheck;

namespace ClusterLb.DataPlane.Tests.Messages;

public sealed class AddressLiteralTests
{
    [Fact]
    public void However_an_address_is_spelled_its_bytes_are_the_same() =>
        AddressSpellings.Address.Sample(address => Assert.All(
            AddressSpellings.Of(address).Select(Read), read =>
                Assert.Equal(new IPAddress(address).MapToIPv6(), new IPAddress(read).MapToIPv6())), iter: 1_000);

    [Fact]
    public void What_is_read_as_IPv6_the_framework_reads_as_the_same() =>
        Gen.Char[":::.0123456789abcdefF"].Array[2, 24].Select(text => new string(text)).Sample(text =>
        {
            if (Read(text) is { Length: 16 } address) Assert.Equal(new IPAddress(address), IPAddress.Parse(text));
        }, iter: 100_000);

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x10.0.0.1")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.1.2")]
    [InlineData("10.0.0.")]
    [InlineData(".10.0.0")]
    [InlineData("10.0.0.a")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4::5:6:7:8")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7:")]
    [InlineData(":1:2:3:4:5:6:7")]
    [InlineData("12345::")]
    [InlineData("::g")]
    [InlineData("fe80::1%1")]
    [InlineData("::1/64")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("::1.2.3.4:5")]
    [InlineData("::ffff:1.2.3")]
    [InlineData("::ffff:01.2.3.4")]
    [InlineData("::1\0")]
    public void Anything_else_is_none(string text) => Assert.Empty(Read(text));

    private static byte[] Read(string text)
    {
        var bytes = new byte[AddressLiteral.MaxBytes];
        return bytes[..AddressLiteral.Read(Encoding.ASCII.GetBytes(text), bytes)];
    }
}
