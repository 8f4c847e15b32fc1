using CsCheck;
using static ClusterLb.DataPlane.Tests.Http1.Wire.Forwardings;
using static ClusterLb.DataPlane.Tests.Http1.Wire.RequestTexts;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

/// <summary>10.1.2.3 is a trusted proxy that speaks HTTP to us, for host <c>a</c>.</summary>
public sealed class ForwardingWriterTests
{
    private const string Own = "for=10.1.2.3;proto=http;host=\"a\"";

    [Theory]
    [InlineData("X-Forwarded-Proto: https, http", "X-Forwarded-Proto: https, http")]
    [InlineData("X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http", "X-Forwarded-Proto: https, http")]
    [InlineData("Forwarded: for=192.0.2.1;proto=https", "X-Forwarded-Proto: https")]
    [InlineData("Forwarded: For=\"192.0.2.1:4711\"; Proto=\"HTTPS\" ;host=shop", "X-Forwarded-Proto: https")]
    [InlineData("Forwarded: for=192.0.2.1;proto=http\r\nX-Forwarded-Proto: https", "X-Forwarded-Proto: https")]
    [InlineData("Forwarded: for=192.0.2.1;proto=gopher", "X-Forwarded-Proto: http")]
    [InlineData("Forwarded: for=192.0.2.1, for=10.9.9.9;proto=https", "X-Forwarded-Proto: http")]
    [InlineData("X-Forwarded-Proto: ", "X-Forwarded-Proto: http")]
    [InlineData("X-Forwarded-Proto: ftp", "X-Forwarded-Proto: http")]
    [InlineData("X-Forwarded-Proto: \"https\"", "X-Forwarded-Proto: http")]
    [InlineData("X-Forwarded-Proto: , HTTPS,,ftp , http", "X-Forwarded-Proto: https, http")]
    [InlineData("X-Forwarded-Proto: wss", "X-Forwarded-Proto: https")]
    [InlineData("X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.1;proto=https", "X-Forwarded-Proto: https")]
    [InlineData("X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.2;proto=https", "X-Forwarded-Proto: http")]
    [InlineData("X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.1;proto=https, for=192.0.2.2", "X-Forwarded-Proto: http")]
    [InlineData("X-Forwarded-For: 192.0.2.1, 192.0.2.2\r\nForwarded: for=192.0.2.1;proto=https", "X-Forwarded-Proto: http")]
    [InlineData("X-Forwarded-Host: shop\r\nForwarded: host=other;proto=https", "X-Forwarded-Proto: http")]
    public void The_first_scheme_that_is_said_counts(string said, string expected) => Assert.Contains(expected, Trusted(said));

    [Theory]
    [InlineData("Forwarded: for=192.0.2.1", "192.0.2.1")]
    [InlineData("Forwarded: for=\"192.0.2.1:4711\"", "192.0.2.1")]
    [InlineData("Forwarded: for=\"[2001:db8::1]:4711\", for=unknown, for=_hidden", "2001:db8::1, unknown, unknown")]
    [InlineData("Forwarded: for=192.0.2.1\r\nForwarded: by=x, for=192.0.2.2", "192.0.2.1, 192.0.2.2")]
    [InlineData("Forwarded: for=\"a,b\\\"c\", for=192.0.2.2", "192.0.2.2")]
    [InlineData("Forwarded: for=\"192.0.2.1, for=6.6.6.6", "")]
    [InlineData("Forwarded: for=192.0.2.1\r\nX-Forwarded-For: 192.0.2.9", "192.0.2.9")]
    [InlineData("X-Forwarded-For: 192.0.2.1, 192.0.2.2", "192.0.2.1, 192.0.2.2")]
    [InlineData("X-Forwarded-For: , 192.0.2.1:4711,,\"[2001:db8::1]:99\", [2001:db8::2]", "192.0.2.1, 2001:db8::1, 2001:db8::2")]
    [InlineData("X-Forwarded-For: \", 192.0.2.2", "192.0.2.2")]
    [InlineData("X-Forwarded-For: Unknown, _hidden, 192.0.2.2:_port", "unknown, unknown, 192.0.2.2")]
    [InlineData("X-Forwarded-For: 10.1, 010.0.0.1, 1.2.3.256, 1.2.3.4.5, 1.2.3.4: , 1.2.3.4:a b, [1.2.3.4], [::1, [::1]x, ::1%3, "
        + "0x1.2.3.4, a", "")]
    [InlineData("Forwarded: for=192.0.2.1:4711;host=shop:81, for=[2001:db8::1]", "192.0.2.1, 2001:db8::1")]
    [InlineData("Forwarded: for=192.0.2.1, for=\"192.0.2.2", "192.0.2.1")]
    [InlineData("Forwarded: for=192.0.2.1;proto=https;host=\"\r\nForwarded: for=192.0.2.2", "192.0.2.2")]
    [InlineData("Forwarded: for=192.0.2.1;for=192.0.2.2;proto=http;proto=https, for=192.0.2.3", "192.0.2.3")]
    [InlineData("Forwarded: for=192.0.2.1;proto=http;PROTO=http, for=192.0.2.2;host=a;host=a, for=192.0.2.3", "192.0.2.3")]
    [InlineData("Forwarded: garbage, for, for=, for=a, =b, for =192.0.2.1, for= 192.0.2.1, for=\"192.0.2.1\"x, for=192.0.2.1;by=a b, "
        + "for=192.0.2.3", "192.0.2.3")]
    [InlineData("Forwarded: for=192.0.2.1;; by=_x;ext=\"a;b,c\";, ,for=192.0.2.3", "192.0.2.1, 192.0.2.3")]
    public void Addresses_of_either_family_are_appended_to(string said, string expected) =>
        Assert.Contains($"X-Forwarded-For: {expected}{(expected.Length > 0 ? ", " : "")}10.1.2.3", Trusted(said));

    [Theory]
    [InlineData("X-Forwarded-For: 192.0.2.1", $"for=192.0.2.1;proto=http;host=\"a\", {Own}")]
    [InlineData("X-Forwarded-For: 192.0.2.1, 2001:db8::1\r\nX-Forwarded-Proto: https\r\n"
        + "X-Forwarded-Host: shop", $"for=192.0.2.1;proto=https;host=\"shop\", for=\"[2001:db8::1]\", {Own}")]
    [InlineData("X-Forwarded-For: 192.0.2.1:99, [2001:db8::1]:99, bogus\", unknown", $"for=192.0.2.1;proto=http;host=\"a\", "
        + $"for=\"[2001:db8::1]\", for=unknown, {Own}")]
    [InlineData("X-Forwarded-Proto: https", "for=10.1.2.3;proto=https;host=\"a\"")]
    [InlineData("X-Forwarded-Host: sh\"op", Own)]
    [InlineData("Forwarded: for=192.0.2.1;proto=https", $"for=192.0.2.1;proto=https;host=\"a\", {Own}")]
    [InlineData("Forwarded: proto=https;host=shop, "
        + "for=\"[2001:db8::1]:99\";by=_x;proto=http", $"for=\"[2001:db8::1]\";proto=https;host=\"shop\", {Own}")]
    [InlineData("X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\n"
        + "Forwarded: for=8.8.8.8;proto=http;host=c", $"for=9.9.9.9;proto=https;host=\"b\", {Own}")]
    [InlineData("X-Forwarded-Proto: https\r\nForwarded: for=8.8.8.8;proto=http", "for=10.1.2.3;proto=https;host=\"a\"")]
    [InlineData("X-Forwarded-Proto: https\r\nForwarded: for=8.8.8.8", $"for=8.8.8.8;proto=https;host=\"a\", {Own}")]
    [InlineData("Forwarded: for=\"8.8.8.8", Own)]
    [InlineData("Forwarded: for=1.1.1.1;proto=https;host=\"", Own)]
    [InlineData("Forwarded: for=1.1.1.1;for=2.2.2.2;proto=http;proto=https", Own)]
    [InlineData("Forwarded: garbage", Own)]
    [InlineData("Forwarded: ,", Own)]
    public void Forwarded_says_what_the_other_family_does(string said, string expected) =>
        Assert.Contains($"Forwarded: {expected}",
            Lines(Forward(With("GET / HTTP/1.1", "Host: a", said), From("10.1.2.3", sendForwarded: true))));

    [Fact]
    public void Forwarded_of_a_trusted_proxy_is_appended_to_even_where_it_is_not_sent_of_our_own_accord() =>
        Assert.Contains($"Forwarded: for=192.0.2.1;proto=http;host=\"a\", {Own}", Trusted("Forwarded: for=192.0.2.1"));

    [Theory]
    [InlineData("Forwarded: host=\"shop:8443\"", "shop:8443")]
    [InlineData("Forwarded: host=sh op", "a")]
    [InlineData("X-Forwarded-Host: shop, b", "shop, b")]
    [InlineData("X-Forwarded-Host: , shop.:81 ,, e vil/, a\"b\r\nX-Forwarded-Host: [::1]:", "shop:81, [::1]")]
    [InlineData("X-Forwarded-Host: e vil/", "a")]
    [InlineData("X-Forwarded-Host: a\"b", "a")]
    [InlineData("Forwarded: host=\"shop\r\nX-Forwarded-Host: b", "b")]
    public void The_first_host_that_is_said_counts(string said, string expected) =>
        Assert.Contains($"X-Forwarded-Host: {expected}", Trusted(said));

    /// <summary>Whatever of these comes together.</summary>
    [Fact]
    public void Both_families_tell_of_one_first_client_and_of_us_last()
    {
        string[] pieces = ["", "for=1.1.1.1", "For=\"2.2.2.2\"", "3.3.3.3", "unknown", "for=\"", "\"", ",", ";", "proto=https", "https",
            "http", "ftp", ";host=shop", "shop:81", "\\", "for=[::1]", " "];
        var lists = Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]).Array[0, 6].Select(string.Concat);
        string[] families = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"];
        var names = Gen.Int[0, 3].Select(i => families[i]);
        Gen.Select(names, lists).Array[0, 5].Sample(said =>
        {
            var lines = Lines(Forward(With("GET / HTTP/1.1", ["Host: a", .. said.Select(line => $"{line.Item1}: {line.Item2}")]),
                From("10.1.2.3", sendForwarded: true)));
            string[] Listed(string name) =>
                Assert.Single(lines, line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..].Split(", ");
            var elements = Listed("Forwarded");
            var client = Listed("X-Forwarded-For")[0];
            var first = $"for={(client.Contains(':', StringComparison.Ordinal) ? $"\"[{client}]\"" : client)};"
                + $"proto={Listed("X-Forwarded-Proto")[0]};host=\"{Listed("X-Forwarded-Host")[0]}\"";
            Assert.Equal((first, Listed("X-Forwarded-For").Length), (elements[0], elements.Length));
            Assert.StartsWith("for=10.1.2.3;", elements[^1], StringComparison.Ordinal);
        });
    }

    private static string[] Trusted(string said) => Lines(Forward(With("GET / HTTP/1.1", "Host: a", said), From("10.1.2.3")));
}
