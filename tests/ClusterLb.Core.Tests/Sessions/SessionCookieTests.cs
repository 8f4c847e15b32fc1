using System.Text;
using ClusterLb.Core.Sessions;
using CsCheck;

namespace ClusterLb.Core.Tests.Sessions;

public sealed class SessionCookieTests
{
    private static readonly CookieKey s_key = new("k1", Encoding.ASCII.GetBytes("a secret of some length"));
    private static readonly CookieKeys s_keys = new([s_key]);
    private static readonly CookieClaims s_claims = new(new SessionKey(0xABCDEF0123456789), 77, 5, 2, 1_000, 2_000);

    private static readonly Gen<CookieClaims> s_anyClaims = Gen.Select(
        Gen.ULong, Gen.ULong, Gen.UInt, Gen.UInt, Gen.UInt, Gen.UInt, (session, backend, pool, version, began, renewed) =>
            new CookieClaims(new SessionKey(session), backend, pool, version, began, renewed));

    [Fact]
    public void What_is_written_is_read_again() => s_anyClaims.Sample(claims =>
    {
        Assert.Equal(CookieStatus.Valid, SessionCookie.Read(Write(claims, s_key), s_keys, out var read));
        Assert.Equal(claims, read);
    });

    [Fact]
    public void It_is_shorter_than_120_bytes_and_safe_in_a_header()
    {
        var value = Write(s_claims, new CookieKey("sixteen-letters-", [1, 2, 3]));

        Assert.True(value.Length < 120);
        Assert.Equal(SessionCookie.MaxLength, value.Length);
        Assert.Matches("^v1\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$", Encoding.ASCII.GetString(value));
    }

    [Fact]
    public void No_other_byte_anywhere_passes()
    {
        var value = Write(s_claims, s_key);
        for (var i = 0; i < value.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = value.ToArray();
                changed[i] ^= (byte)(1 << bit);
                var status = SessionCookie.Read(changed, s_keys, out var claims);
                // The last letter of the tag carries bits that stand for nothing: it may be read, but says the same.
                Assert.True(status != CookieStatus.Valid || (i == value.Length - 1 && claims == s_claims), $"byte {i}, bit {bit}: {status}");
            }
        }
    }

    [Fact]
    public void Cut_short_too_long_or_binary_it_is_malformed()
    {
        var value = Write(s_claims, s_key);
        for (var length = 0; length < value.Length; length++) Assert.Equal(CookieStatus.Malformed, SessionCookie.Read(value.AsSpan(0, length), s_keys, out _));
        Assert.Equal(CookieStatus.Malformed, SessionCookie.Read([.. value, (byte)'A'], s_keys, out _));
        Assert.Equal(CookieStatus.Malformed, SessionCookie.Read(new byte[10_240], s_keys, out _));
        Gen.Byte.Array[0, 200].Sample(bytes => Assert.NotEqual(CookieStatus.Valid, SessionCookie.Read(bytes, s_keys, out _)));
    }

    [Fact]
    public void A_key_that_was_replaced_still_verifies_until_it_is_withdrawn()
    {
        var (value, next) = (Write(s_claims, s_key), CookieKey.Generate());

        Assert.Equal(CookieStatus.Valid, SessionCookie.Read(value, new CookieKeys([next, s_key]), out _));
        Assert.Equal(CookieStatus.UnknownKey, SessionCookie.Read(value, new CookieKeys([next]), out _));
        Assert.Equal(CookieStatus.Forged, SessionCookie.Read(value, new CookieKeys([new CookieKey("k1", [9])]), out _));
        Assert.Same(next, new CookieKeys([next, s_key]).Signing);
    }

    [Theory]
    [InlineData(5u, 2_000u, CookieStatus.Valid)]
    [InlineData(6u, 2_000u, CookieStatus.Foreign)]
    [InlineData(5u, 2_099u, CookieStatus.Valid)]
    [InlineData(5u, 2_100u, CookieStatus.Expired)]
    [InlineData(5u, 1_700u, CookieStatus.Valid)]
    [InlineData(5u, 1_699u, CookieStatus.Expired)]
    public void It_counts_in_its_pool_and_its_time(uint pool, uint now, CookieStatus expected) =>
        Assert.Equal(expected, SessionCookie.Judge(s_claims, pool, now, idleSeconds: 100, absoluteSeconds: 0));

    [Fact]
    public void A_session_ends_for_good_when_it_is_too_old_however_much_it_is_used()
    {
        Assert.Equal(CookieStatus.Valid, SessionCookie.Judge(s_claims, 5, 2_001, 100, absoluteSeconds: 1_002));
        Assert.Equal(CookieStatus.Expired, SessionCookie.Judge(s_claims, 5, 2_001, 100, absoluteSeconds: 1_001));
    }

    private static byte[] Write(in CookieClaims claims, CookieKey key)
    {
        var value = new byte[SessionCookie.MaxLength];
        return value[..SessionCookie.Write(value, claims, key)];
    }
}
