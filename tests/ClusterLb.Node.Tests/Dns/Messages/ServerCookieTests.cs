using System.Net;
using ClusterLb.Node.Dns.Messages;

namespace ClusterLb.Node.Tests.Dns.Messages;

public class ServerCookieTests
{
    private const uint Now = 1_559_731_985;

    private static readonly byte[] s_client = IPAddress.Parse("198.51.100.100").GetAddressBytes();
    private static readonly ServerCookie s_cookies = new(Convert.FromHexString("e5e973e5a6b2a43f48e7dc849e37bfcf"));

    /// <summary>RFC 9018, appendix A.1.</summary>
    [Fact]
    public void It_is_the_cookie_that_every_other_server_would_make()
    {
        var cookie = new byte[ServerCookie.Bytes];
        s_cookies.Make(Convert.FromHexString("2464c4abcf10c957"), s_client, Now, cookie);

        Assert.Equal("2464c4abcf10c957" + "010000005cf79f111f8130c3eee29480", Convert.ToHexStringLower(cookie));
        Assert.True(s_cookies.IsValid(cookie, s_client, Now));
    }

    [Fact]
    public void It_is_for_one_address_and_one_client_and_an_hour()
    {
        var cookie = new byte[ServerCookie.Bytes];
        s_cookies.Make([1, 2, 3, 4, 5, 6, 7, 8], s_client, Now, cookie);

        Assert.True(s_cookies.IsValid(cookie, s_client, Now + 3_600));
        Assert.False(s_cookies.IsValid(cookie, s_client, Now + 3_601));
        Assert.True(s_cookies.IsValid(cookie, s_client, Now - 300));
        Assert.False(s_cookies.IsValid(cookie, s_client, Now - 301));
        Assert.False(s_cookies.IsValid(cookie, IPAddress.Parse("198.51.100.101").GetAddressBytes(), Now));
        Assert.False(s_cookies.IsValid(cookie, IPAddress.Parse("2001:db8::1").GetAddressBytes(), Now));
        Assert.False(new ServerCookie(new byte[16]).IsValid(cookie, s_client, Now));
        for (var at = 0; at < cookie.Length; at++)
        {
            byte[] changed = [.. cookie];
            changed[at] ^= 1;
            Assert.False(s_cookies.IsValid(changed, s_client, Now), $"byte {at}");
        }
    }

    [Fact]
    public void A_client_without_one_has_proved_nothing() => Assert.False(s_cookies.IsValid(new byte[8], s_client, Now));
}
