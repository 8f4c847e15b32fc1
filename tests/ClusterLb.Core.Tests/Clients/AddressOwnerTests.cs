using System.Net;
using ClusterLb.Core.Clients;
using CsCheck;

namespace ClusterLb.Core.Tests.Clients;

public sealed class AddressOwnerTests
{
    [Theory]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8::1", "2001:db8::2", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("a00:1::", "10.0.0.1", false)]
    [InlineData("0:0:a00:1::", "10.0.0.1", false)]
    [InlineData("::10.0.0.1", "10.0.0.1", false)]
    [InlineData("::fffe:10.0.0.1", "10.0.0.1", false)]
    [InlineData("1::ffff:10.0.0.1", "10.0.0.1", false)]
    public void An_owner_has_an_IPv4_address_or_a_64_of_IPv6(string one, string other, bool isSame) =>
        Assert.Equal(isSame, AddressOwner.Of(IPAddress.Parse(one)) == AddressOwner.Of(IPAddress.Parse(other)));

    [Fact]
    public void An_address_mapped_to_IPv6_is_the_IPv4_address() =>
        Gen.Byte.Array[4].Sample(bytes => AddressOwner.Of(new IPAddress(bytes).MapToIPv6().GetAddressBytes()) == AddressOwner.Of(bytes)
            && AddressOwner.Of(new IPAddress(bytes).MapToIPv6()) == AddressOwner.Of(new IPAddress(bytes)));

    [Fact]
    public void Neighbours_in_IPv4_are_two_and_in_a_64_one() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 15], Gen.Byte[1, 255]).Sample((bytes, at, change) =>
        {
            // 2000::/3 is what the world uses.
            bytes[0] = 0x20;
            var other = (byte[])bytes.Clone();
            other[at] ^= at == 0 ? (byte)1 : change;
            var isSame = AddressOwner.Of(bytes) == AddressOwner.Of(other);
            var isSameIPv4 = AddressOwner.Of(bytes.AsSpan(0, 4)) == AddressOwner.Of(other.AsSpan(0, 4));
            return isSame == at >= 8 && isSameIPv4 == at >= 4;
        });
}
