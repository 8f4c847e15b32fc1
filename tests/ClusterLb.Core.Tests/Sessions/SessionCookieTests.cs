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
        var key = new CookieKey("sixteen-letters-", [1, 2, 3]);
        var value = Write(s_claims, key);

        Assert.True(value.Length < 120);
        Assert.Equal(SessionCookie.MaxLength, value.Length);
        Assert.Equal(CookieStatus.Valid, SessionCookie.Read(value, new CookieKeys([key]), out _));
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
                Assert.True(status != CookieStatus.Valid && claims == default, $"byte {i}, bit {bit}: {status}");
            }
        }
    }

    /// <summary>What a cookie says must be read by nodes of other builds.</summary>
    [Fact]
    public void It_is_written_as_ever() =>
        Assert.Equal("v1.k1.O0jilYA6cUwyZ2VXrdQsHzrjICqYJzyvLabErrv9AqM.ChB1w7ik1zPpJ1Ovjf5P2g",
        Encoding.ASCII.GetString(Write(s_claims, s_key)));

    [Fact]
    public void Nothing_in_it_can_be_tested_against_a_guess_of_what_it_says()
    {
        var (here, there) = (Write(s_claims, s_key), Write(s_claims with { Session = new SessionKey(0xABCDEF0123456788) }, s_key));
        Span<byte> one = new byte[32], other = new byte[32], plain = new byte[32];
        System.Buffers.Text.Base64Url.DecodeFromUtf8(here.AsSpan(6, 43), one);
        System.Buffers.Text.Base64Url.DecodeFromUtf8(there.AsSpan(6, 43), other);

        // Two sessions of one backend and pool have no byte string in common that would say so, nor does the hash of a name appear.
        for (var i = 0; i < 32; i++) plain[i] = (byte)(one[i] ^ other[i]);
        Assert.True(plain[8..].IndexOf(new byte[4]) < 0);
        Assert.True(one.IndexOf((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 77]) < 0 && one.IndexOf((ReadOnlySpan<byte>)[0, 0, 0, 5]) < 0);
        // Another key hides it otherwise.
        Assert.False(Write(s_claims, new CookieKey("k1", [1])).AsSpan(6, 43).SequenceEqual(here.AsSpan(6, 43)));
    }

    [Fact]
    public void Neither_writing_nor_reading_one_allocates()
    {
        var value = new byte[SessionCookie.MaxLength];
        var length = SessionCookie.Write(value, s_claims, s_key);
        SessionCookie.Read(value.AsSpan(0, length), s_keys, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) SessionCookie.Read(value.AsSpan(0, SessionCookie.Write(value, s_claims, s_key)), s_keys, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Cut_short_too_long_or_binary_it_is_malformed()
    {
        var value = Write(s_claims, s_key);
        for (var length = 0; length < value.Length; length++)
            Assert.Equal(CookieStatus.Malformed, SessionCookie.Read(value.AsSpan(0, length), s_keys, out _));
        Assert.Equal(CookieStatus.Malformed, SessionCookie.Read([.. value, (byte)'A'], s_keys, out _));
        Assert.Equal(CookieStatus.Malformed, SessionCookie.Read(new byte[10_240], s_keys, out _));
        Gen.Byte.Array[0, 200].Sample(bytes => Assert.NotEqual(CookieStatus.Valid, SessionCookie.Read(bytes, s_keys, out _)));
    }

    [Theory]
    [InlineData(0, CookieStatus.Malformed)]
    [InlineData(1, CookieStatus.UnknownKey)]
    [InlineData(CookieKey.MaxIdLength, CookieStatus.UnknownKey)]
    [InlineData(CookieKey.MaxIdLength + 1, CookieStatus.Malformed)]
    public void Only_what_has_our_form_can_be_of_a_key_that_is_not_known(int idLength, CookieStatus expected)
    {
        var payload = Encoding.ASCII.GetString(Write(s_claims, s_key))[5..];
        var value = Encoding.ASCII.GetBytes($"v1.{new string('x', idLength)}{payload}");
        Assert.Equal(expected, SessionCookie.Read(value, s_keys, out _));
    }

    /// <summary>Readers of base64 pass over white space and take padding, so that one cookie would have many spellings.</summary>
    [Theory]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData("=")]
    [InlineData("+")]
    [InlineData("\0")]
    public void It_has_one_spelling(string strange)
    {
        var value = Write(s_claims, s_key);
        for (var i = 6; i < value.Length; i++)
        {
            byte[] changed = [.. value[..i], (byte)strange[0], .. value[i..]];
            Assert.Equal(CookieStatus.Malformed, SessionCookie.Read(changed, s_keys, out _));
            Assert.Equal(CookieStatus.Malformed, SessionCookie.Read(changed.AsSpan(0, value.Length), s_keys, out _));
        }
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

    [Fact]
    public void One_that_a_node_with_a_clock_ahead_has_just_begun_is_not_too_old() =>
        Assert.Equal(CookieStatus.Valid, SessionCookie.Judge(s_claims with { BeganAt = 2_000 }, 5, 1_990, 100, absoluteSeconds: 100));

    private static byte[] Write(in CookieClaims claims, CookieKey key)
    {
        var value = new byte[SessionCookie.MaxLength];
        return value[..SessionCookie.Write(value, claims, key)];
    }
}
