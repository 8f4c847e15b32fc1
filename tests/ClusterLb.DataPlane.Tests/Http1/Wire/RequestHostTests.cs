using static ClusterLb.DataPlane.Tests.Http1.Wire.RequestTexts;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class RequestHostTests
{
    [Theory]
    [InlineData("a", "a", "")]
    [InlineData("shop.example.com", "shop.example.com", "")]
    [InlineData("shop.example.com.", "shop.example.com", "")]
    [InlineData("shop.example.com:8080", "shop.example.com", ":8080")]
    [InlineData("shop.example.com.:8080", "shop.example.com", ":8080")]
    [InlineData("a:0", "a", ":0")]
    [InlineData("a:65535", "a", ":65535")]
    [InlineData("a:", "a", "")]
    [InlineData("a.:", "a", "")]
    [InlineData("127.0.0.1:80", "127.0.0.1", ":80")]
    [InlineData("[::1]", "[::1]", "")]
    [InlineData("[2001:db8::1]:443", "[2001:db8::1]", ":443")]
    [InlineData("[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]", "")]
    [InlineData("under_score.example", "under_score.example", "")]
    [InlineData("a%41", "a%41", "")]
    [InlineData("a~!$&'()*+;=", "a~!$&'()*+;=", "")]
    public void Valid_host_is_taken_without_what_means_nothing(string value, string host, string port)
    {
        var text = With("GET / HTTP/1.1", "Host: " + value);
        var head = Accept(text);
        Assert.Equal(host, Text(head.Request.Host));
        Assert.Equal(port, Text(head.Request.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a,b")]
    [InlineData("a, a")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a/b")]
    [InlineData("a/")]
    [InlineData("http://a")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("u@a")]
    [InlineData("a\\b")]
    [InlineData("a\"b")]
    [InlineData("<a>")]
    [InlineData("a\u00E9")]
    [InlineData(":80")]
    [InlineData("a:x")]
    [InlineData("a:-1")]
    [InlineData("a:+1")]
    [InlineData("a:80:80")]
    [InlineData("a:65536")]
    [InlineData("a:000080")]
    [InlineData("a:080")]
    [InlineData("a:00")]
    [InlineData(".")]
    [InlineData(".:80")]
    [InlineData("a..")]
    [InlineData("[::1].")]
    [InlineData("a:8 0")]
    [InlineData("[::1")]
    [InlineData("::1")]
    [InlineData("[]")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[::1%25eth0]")]
    [InlineData("[::1]x")]
    [InlineData("[::1]80")]
    [InlineData("[g::1]")]
    [InlineData("x[::1]")]
    [InlineData("[v1.x]")]
    [InlineData("a%")]
    [InlineData("a%4")]
    [InlineData("a%zz")]
    public void Invalid_host_is_refused(string value)
    {
        Refuse(400, With("GET / HTTP/1.1", "Host: " + value));
        Refuse(400, With("GET / HTTP/1.0", "Host: " + value));
    }

    [Fact]
    public void Endless_host_is_refused() => Refuse(400, With("GET / HTTP/1.1", "Host: " + new string('a', 256)));

    [Fact]
    public void Missing_host_is_refused_except_in_http_1_0()
    {
        Refuse(400, With("GET / HTTP/1.1"));
        Refuse(400, With("GET http://a/ HTTP/1.1"));
        Refuse(400, With("OPTIONS * HTTP/1.1"));
        Assert.True(Accept(With("GET / HTTP/1.0")).Request.Authority.IsMissing);
    }

    [Theory]
    [InlineData("Host: a", "Host: a")]
    [InlineData("Host: a", "Host: b")]
    [InlineData("Host: a", "host: ")]
    [InlineData("Host: ", "HOST: a")]
    public void Second_host_is_refused(string first, string second) => Refuse(400, With("GET / HTTP/1.1", first, "X: y", second));

    [Theory]
    [InlineData("http://a/", "a")]
    [InlineData("http://A/", "a")]
    [InlineData("http://a:80/", "a")]
    [InlineData("http://a/", "a:80")]
    [InlineData("https://a/", "a:443")]
    [InlineData("http://a:8080/", "a:8080")]
    [InlineData("http://A.b/", "a.B:80")]
    [InlineData("http://a/", "a.")]
    [InlineData("http://a/", "A.:80")]
    [InlineData("http://a/", "a:")]
    [InlineData("https://a/", "a.:443")]
    public void Absolute_target_that_agrees_wins(string target, string host)
    {
        var text = With($"GET {target} HTTP/1.1", "Host: " + host);
        var won = Accept(text).Request.Authority;
        Assert.Equal(target.Split('/')[2], Text(won.Host.Of(Bytes(text))) + Text(won.PortText.Of(Bytes(text))));
    }

    [Theory]
    [InlineData("http://a/", "b")]
    [InlineData("http://a/", "a:8080")]
    [InlineData("http://a:8080/", "a")]
    [InlineData("http://a/", "a:443")]
    [InlineData("http://a./", "b.")]
    [InlineData("http://a/", "a.b")]
    [InlineData("http://a/", "")]
    public void Absolute_target_that_disagrees_is_refused(string target, string host) =>
        Refuse(400, With($"GET {target} HTTP/1.1", "Host: " + host));
}
