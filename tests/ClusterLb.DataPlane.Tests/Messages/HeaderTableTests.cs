using ClusterLb.DataPlane.Messages;
using static ClusterLb.DataPlane.Tests.Http1.Wire.RequestTexts;

namespace ClusterLb.DataPlane.Tests.Messages;

public sealed class HeaderTableTests
{
    [Fact]
    public void Headers_are_found_by_name_in_any_case_the_first_one_counts()
    {
        var text = Get("X-Key: 1", "x-key: 2", "Expect: 100-continue");
        var (bytes, headers) = (Bytes(text), Accept(text).Request.Headers);
        Assert.True(headers.TryGet("x-KEY"u8, out var key));
        Assert.Equal("1", Text(key));
        Assert.False(headers.TryGet("x-ke"u8, out _));
        Assert.True(headers.TryGet(KnownHeader.Expect, out var value));
        Assert.Equal("100-continue", Text(value.Of(bytes)));
        Assert.False(headers.TryGet(KnownHeader.Te, out _));
    }

    [Theory]
    [InlineData("a=1", "a", "1")]
    [InlineData("x=y; a=1; b=2", "a", "1")]
    [InlineData("x=y;a=1;b=2", "b", "2")]
    [InlineData("a=1; a=2", "a", "1")]
    [InlineData("a=", "a", "")]
    [InlineData("a=b=c", "a", "b=c")]
    [InlineData("a=\"q\" ; b=2", "a", "\"q\"")]
    [InlineData("; ;a=1", "a", "1")]
    [InlineData("aa=1", "a", null)]
    [InlineData("A=1", "a", null)]
    [InlineData("xa=1", "a", null)]
    [InlineData("a", "a", null)]
    [InlineData("", "a", null)]
    public void Cookies_are_found_by_name(string cookie, string name, string? expected)
    {
        var text = Get("Cookie: " + cookie);
        var found = Accept(text).Request.Headers.TryGetCookie(Bytes(name), out var value);
        Assert.Equal(expected, found ? Text(value) : null);
    }

    [Theory]
    [InlineData("a=1; b=2; a2=1; a-=1; aa=a; x=-a =1", false)]
    [InlineData("a", false)]
    [InlineData("a=", false)]
    [InlineData("x=1, a=2", false)]
    [InlineData("x=say a", false)]
    [InlineData("a=1; a=1", true)]
    [InlineData("a=1;a", true)]
    [InlineData("a \t=1", true)]
    [InlineData("a=\t1", true)]
    [InlineData("a=1,a=2", true)]
    [InlineData("a=1 a=2", true)]
    [InlineData("a=1\r\nCookie: x=1, a =2", true)]
    public void A_cookie_is_ambiguous_when_servers_read_two_or_two_things_in_one(string cookie, bool isAmbiguous)
    {
        var text = Get("Cookie: " + cookie);
        Assert.Equal(isAmbiguous, Accept(text).Request.Headers.IsCookieAmbiguous("a"u8));
    }

    [Fact]
    public void Headers_that_decide_pass_and_those_that_resemble_one_do_not()
    {
        var text = Get("Connection: x-key, hop", "x-KEY: 1", "X_Key: 2", "X.Key: 3", "X_Other: 4", "X-Other: 5", "Hop: 6", "X-Keys: 7");
        var (bytes, headers) = (Bytes(text), Accept(text).Request.Headers);
        byte[][] names = [Bytes("X-Key"), Bytes("X_Other"), Bytes("X-Other")];
        headers.MarkDeciding(names);
        KnownHeader[] expected = [KnownHeader.Host, KnownHeader.Connection, KnownHeader.Other, KnownHeader.Lookalike, KnownHeader.Lookalike,
            KnownHeader.Other, KnownHeader.Other, KnownHeader.HopByHop, KnownHeader.Other];
        Assert.Equal(expected, headers.Entries.ToArray().Select(entry => entry.Known));
        var before = GC.GetAllocatedBytesForCurrentThread();
        headers.MarkDeciding(names);
        Assert.False(headers.IsCookieAmbiguous("a"u8));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Cookies_are_looked_for_in_every_line()
    {
        var text = Get("Cookie: a=1", "X: y", "cookie: b=2");
        Assert.True(Accept(text).Request.Headers.TryGetCookie("b"u8, out var value));
        Assert.Equal("2", Text(value));
        Assert.False(Accept(Get()).Request.Headers.TryGetCookie("b"u8, out _));
    }

    [Fact]
    public void Table_grows_to_its_limit_and_keeps_order()
    {
        var lines = Enumerable.Range(0, 99).Select(i => $"H{i}: {i}").ToArray();
        var text = Get(lines);
        var values = Accept(text).Request.Headers.Entries[1..].ToArray().Select(e => Text(e.Value.Of(Bytes(text))));
        Assert.Equal(Enumerable.Range(0, 99).Select(i => $"{i}"), values);
    }
}
