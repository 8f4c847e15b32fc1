using ClusterLb.DataPlane.Tests.Http1.Wire;
using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Tests.Messages;

public sealed class KnownHeadersTests
{
    [Theory]
    [InlineData("te", KnownHeader.Te)]
    [InlineData("trailer", KnownHeader.Trailer)]
    [InlineData("via", KnownHeader.Via)]
    [InlineData("host", KnownHeader.Host)]
    [InlineData("cookie", KnownHeader.Cookie)]
    [InlineData("expect", KnownHeader.Expect)]
    [InlineData("upgrade", KnownHeader.Upgrade)]
    [InlineData("forwarded", KnownHeader.Forwarded)]
    [InlineData("connection", KnownHeader.Connection)]
    [InlineData("keep-alive", KnownHeader.KeepAlive)]
    [InlineData("set-cookie", KnownHeader.SetCookie)]
    [InlineData("max-forwards", KnownHeader.MaxForwards)]
    [InlineData("authorization", KnownHeader.Authorization)]
    [InlineData("content-length", KnownHeader.ContentLength)]
    [InlineData("http2-settings", KnownHeader.Http2Settings)]
    [InlineData("www-authenticate", KnownHeader.WwwAuthenticate)]
    [InlineData("proxy-connection", KnownHeader.ProxyConnection)]
    [InlineData("transfer-encoding", KnownHeader.TransferEncoding)]
    [InlineData("proxy-authenticate", KnownHeader.ProxyAuthenticate)]
    [InlineData("proxy-authorization", KnownHeader.ProxyAuthorization)]
    [InlineData("proxy-authentication-info", KnownHeader.ProxyAuthenticationInfo)]
    [InlineData("x-forwarded-for", KnownHeader.XForwardedFor)]
    [InlineData("x-forwarded-host", KnownHeader.XForwardedHost)]
    [InlineData("x-forwarded-proto", KnownHeader.XForwardedProto)]
    [InlineData("x-forwarded-port", KnownHeader.XForwardedOther)]
    internal void Known_names_are_found_in_any_case_and_nearly_known_ones_are_not(string name, KnownHeader known)
    {
        Assert.Equal(known, Find(name));
        Assert.Equal(known, Find(name.ToUpperInvariant()));
        if (name.Contains('-', StringComparison.Ordinal)) Assert.Equal(KnownHeader.Lookalike, Find(name.Replace('-', '_')));
        for (var i = 0; i < name.Length - 1; i++)
        {
            var changed = name[..i] + (name[i] == 'q' ? 'z' : 'q') + name[(i + 1)..];
            if (!changed.StartsWith("x-forwarded-", StringComparison.Ordinal)) Assert.Equal(KnownHeader.Other, Find(changed));
        }
    }

    [Theory]
    [InlineData("x", KnownHeader.Other)]
    [InlineData("user-agent", KnownHeader.Other)]
    [InlineData("x-forwarded", KnownHeader.Other)]
    [InlineData("my_header", KnownHeader.Other)]
    [InlineData("a_name_that_is_longer_than_any_known_header_by_far", KnownHeader.Other)]
    [InlineData("proxy", KnownHeader.Lookalike)]
    [InlineData("Transfer_encoding", KnownHeader.Lookalike)]
    [InlineData("X_Forwarded_Anything", KnownHeader.Lookalike)]
    [InlineData("Content.Length", KnownHeader.Lookalike)]
    [InlineData("transfer~encoding", KnownHeader.Lookalike)]
    [InlineData("X.Forwarded_For", KnownHeader.Lookalike)]
    [InlineData("my.header", KnownHeader.Other)]
    internal void Other_names_are_other(string name, KnownHeader known) => Assert.Equal(known, Find(name));

    [Fact]
    public void A_set_of_them_fits_one_word() => Assert.True(Enum.GetValues<KnownHeader>().Length < 64);

    private static KnownHeader Find(string name) => KnownHeaders.Find(RequestTexts.Bytes(name));
}
