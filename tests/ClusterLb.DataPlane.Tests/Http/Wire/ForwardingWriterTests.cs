using static ClusterLb.DataPlane.Tests.Http.Wire.Forwardings;
using static ClusterLb.DataPlane.Tests.Http.Wire.Requests;

namespace ClusterLb.DataPlane.Tests.Http.Wire;

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
    public void Addresses_of_either_family_are_appended_to(string said, string expected) =>
        Assert.Contains($"X-Forwarded-For: {expected}{(expected.Length > 0 ? ", " : "")}10.1.2.3", Trusted(said));

    [Theory]
    [InlineData("X-Forwarded-For: 192.0.2.1", $"for=192.0.2.1;proto=http;host=\"a\", {Own}")]
    [InlineData("X-Forwarded-For: 192.0.2.1, 2001:db8::1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop", $"for=192.0.2.1;proto=https;host=\"shop\", for=\"[2001:db8::1]\", {Own}")]
    [InlineData("X-Forwarded-For: 192.0.2.1:99, [2001:db8::1]:99, bogus\"", $"for=192.0.2.1;proto=http;host=\"a\", for=\"[2001:db8::1]\", for=unknown, {Own}")]
    [InlineData("X-Forwarded-Proto: https", "for=10.1.2.3;proto=https;host=\"a\"")]
    [InlineData("X-Forwarded-Host: sh\"op", Own)]
    [InlineData("Forwarded: for=192.0.2.1;proto=https", $"for=192.0.2.1;proto=https, {Own}")]
    public void Forwarded_says_what_the_other_family_does(string said, string expected) =>
        Assert.Contains($"Forwarded: {expected}", Lines(Forward(With("GET / HTTP/1.1", "Host: a", said), From("10.1.2.3", sendForwarded: true))));

    [Fact]
    public void Forwarded_of_a_trusted_proxy_is_appended_to_even_where_it_is_not_sent_of_our_own_accord() =>
        Assert.Contains($"Forwarded: for=192.0.2.1, {Own}", Trusted("Forwarded: for=192.0.2.1"));

    [Theory]
    [InlineData("Forwarded: host=\"shop:8443\"", "shop:8443")]
    [InlineData("Forwarded: host=sh op", "a")]
    [InlineData("X-Forwarded-Host: shop, b", "shop, b")]
    public void The_first_host_that_is_said_counts(string said, string expected) => Assert.Contains($"X-Forwarded-Host: {expected}", Trusted(said));

    private static string[] Trusted(string said) => Lines(Forward(With("GET / HTTP/1.1", "Host: a", said), From("10.1.2.3")));
}
