using System.Net;
using ClusterLb.Core.Clients;

namespace ClusterLb.Core.Tests.Clients;

public sealed class SourceAddressTests
{
    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("2001:DB8:0::1", "2001:db8::1")]
    [InlineData("::10.1.2.3", "::a01:203")]
    public void It_is_the_bytes_that_the_data_plane_knows_the_client_by(string text, string address) =>
        Assert.Equal(IPAddress.Parse(address).GetAddressBytes(), SourceAddress.BytesOf(text));

    /// <summary>Whoever forgets a number is told so, and not what is known of another client.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("10.1.2")]
    [InlineData("1")]
    [InlineData("010.1.2.3")]
    [InlineData("0x0a.1.2.3")]
    [InlineData("10.1.2.300")]
    [InlineData("10.1.2.3.4")]
    [InlineData("10.1.2.3/32")]
    [InlineData("10.1.2.3:80")]
    [InlineData("2001:db8::1::2")]
    public void What_is_no_address_written_in_full_is_none(string text) => Assert.Null(SourceAddress.BytesOf(text));
}
