using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

public sealed class StickyReaderTests
{
    [Fact]
    public void Keys_are_read_in_order_and_say_nothing_of_their_secrets()
    {
        var config = Conf.Legal(Conf.Read(Conf.Minimal,
            "sticky.keys=[{ id = new, secret = \"0123456789abcdef\" }, { id = old, secret = \"fedcba9876543210\" }]"));

        Assert.Equal([new CookieKeyConfig("new", "0123456789abcdef"), new CookieKeyConfig("old", "fedcba9876543210")], config.Sticky.Keys);
        Assert.DoesNotContain("0123456789abcdef", config.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_takes_what_it_does_not_say_from_key_defaults()
    {
        var config = Conf.Legal(Conf.Read(Conf.Minimal, "sticky.keys=[{}]", "key-defaults.id=k1", "key-defaults.secret=0123456789abcdef"));

        Assert.Equal([new CookieKeyConfig("k1", "0123456789abcdef")], config.Sticky.Keys);
    }

    [Theory]
    [InlineData("sticky.keys=[{ id = k1, secret = short }]", "secret", "16 or more")]
    [InlineData("sticky.keys=[{ id = \"k.1\", secret = 0123456789abcdef }]", "id", "letters, digits, - or _")]
    [InlineData("sticky.keys=[{ id = a, secret = 0123456789abcdef }, { id = a, secret = 0123456789abcdee }]", "sticky.keys", "is in it "
        + "twice")]
    [InlineData("pool-defaults.sticky.by=cookies", "sticky.by", "one of none, cookie, app-cookie, header, source-ip")]
    [InlineData("pool-defaults.sticky.by=header", "sticky.name", "is missing; it must be the header")]
    [InlineData("pool-defaults.sticky.by=app-cookie", "sticky.name", "is missing; it must be the application's cookie")]
    [InlineData("pool-defaults.sticky.name=a b", "sticky.name", "cannot be the name of a cookie")]
    [InlineData("pool-defaults.sticky.cookie.path=shop", "cookie.path", "must begin with /")]
    [InlineData("pool-defaults.sticky.cookie.path=/a;b", "cookie.path", "must begin with /")]
    [InlineData("pool-defaults.sticky.cookie.domain=a b", "cookie.domain", "such as example.com")]
    [InlineData("pool-defaults.sticky.cookie.same-site=none|pool-defaults.sticky.cookie.secure=never", "cookie.secure", "browsers drop")]
    public void What_cannot_be_right_is_said_with_what_would_be(string given, string key, string part)
    {
        var result = Conf.Read(Conf.Minimal, given.Split('|'));

        Assert.Contains(result.Problems, problem => problem.ToString().Contains(key, StringComparison.Ordinal)
            && problem.ToString().Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void A_tcp_listener_can_only_tell_clients_by_their_address()
    {
        string[] tcp = ["listeners.web.protocol=tcp"];

        Conf.Legal(Conf.Read(Conf.Minimal, [.. tcp, "pool-defaults.sticky.by=source-ip"]));
        var result = Conf.Read(Conf.Minimal, [.. tcp, "pool-defaults.sticky.by=cookie"]);
        Assert.Contains(result.Problems, problem => problem.ToString().Contains("it must be none or source-ip", StringComparison.Ordinal));
    }
}
