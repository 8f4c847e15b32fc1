using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// The value of our cookie: <c>v1.KEY-ID.PAYLOAD.TAG</c>, base64url (RFC 4648 section 5) without padding, at most <see cref="MaxLength"/>
/// bytes. The tag is HMAC-SHA256 (RFC 2104) over all before it, truncated to 128 bits; the payload is hidden by HMAC-SHA256 of the tag
/// under a second key (a synthetic initialization vector, as in RFC 5297). So nobody without the key learns what is in it, nor can test a
/// guess of a backend's or a pool's name. Allocates nothing. Any thread.
/// </summary>
public static class SessionCookie
{
    /// <summary>In bytes.</summary>
    public const int MaxLength = 3 + CookieKey.MaxIdLength + 1 + PayloadText + 1 + TagText;

    /// <summary>What one HMAC-SHA256 hides.</summary>
    private const int PayloadLength = 8 + 8 + 4 + 4 + 4 + 4;

    private const int MostHeader = 3 + CookieKey.MaxIdLength + 1;
    private const int PayloadText = (PayloadLength * 4 + 2) / 3;
    private const int TagLength = 16;
    private const int TagText = (TagLength * 4 + 2) / 3;

    /// <summary>How far another node's clock may be ahead.</summary>
    private const uint ClockSkewSeconds = 300;

    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="key">The one that signs.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, in CookieClaims claims, CookieKey key)
    {
        "v1."u8.CopyTo(destination);
        key.Id.CopyTo(destination[3..]);
        var length = 3 + key.Id.Length;
        destination[length++] = (byte)'.';
        Span<byte> payload = stackalloc byte[PayloadLength];
        WritePayload(payload, claims);
        Span<byte> tag = stackalloc byte[TagLength];
        Sign(key, destination[..length], payload, tag);
        Hide(key, tag, payload);
        length += Base64Url.EncodeToUtf8(payload, destination[length..]);
        destination[length++] = (byte)'.';
        return length + Base64Url.EncodeToUtf8(tag, destination[length..]);
    }

    /// <summary>Whether we wrote it, with a key still in force; says nothing of its age.</summary>
    public static CookieStatus Read(ReadOnlySpan<byte> value, CookieKeys keys, out CookieClaims claims)
    {
        claims = default;
        if (value.Length > MaxLength || !value.StartsWith("v1."u8)) return CookieStatus.Malformed;
        var idLength = value[3..].IndexOf((byte)'.');
        if (idLength < 1 || value.Length != 3 + idLength + 1 + PayloadText + 1 + TagText) return CookieStatus.Malformed;
        if (keys.Find(value.Slice(3, idLength)) is not { } key) return CookieStatus.UnknownKey;
        var header = value[..(3 + idLength + 1)];
        var rest = value[header.Length..];
        if (rest[PayloadText] != '.') return CookieStatus.Malformed;
        Span<byte> payload = stackalloc byte[PayloadLength], tag = stackalloc byte[TagLength], expected = stackalloc byte[TagLength];
        if (!TryDecode(rest[..PayloadText], payload) || !TryDecode(rest[(PayloadText + 1)..], tag)) return CookieStatus.Malformed;
        Hide(key, tag, payload);
        Sign(key, header, payload, expected);
        if (!CryptographicOperations.FixedTimeEquals(tag, expected)) return CookieStatus.Forged;
        claims = ReadPayload(payload);
        return CookieStatus.Valid;
    }

    /// <summary>Whether a cookie of ours still counts in this pool.</summary>
    /// <param name="claims">Verified.</param>
    /// <param name="pool">The low 32 bits of the stable hash of the pool's name.</param>
    /// <param name="nowSeconds">Unix.</param>
    /// <param name="idleSeconds">Since it was last renewed.</param>
    /// <param name="absoluteSeconds">Since the session began; 0 = without end.</param>
    public static CookieStatus Judge(in CookieClaims claims, uint pool, uint nowSeconds, uint idleSeconds, uint absoluteSeconds)
    {
        if (claims.Pool != pool) return CookieStatus.Foreign;
        if (claims.RenewedAt > nowSeconds + ClockSkewSeconds) return CookieStatus.Expired;
        var isIdle = nowSeconds > claims.RenewedAt && nowSeconds - claims.RenewedAt >= idleSeconds;
        var isOld = absoluteSeconds != 0 && nowSeconds > claims.BeganAt && nowSeconds - claims.BeganAt >= absoluteSeconds;
        return isIdle || isOld ? CookieStatus.Expired : CookieStatus.Valid;
    }

    private static void Sign(CookieKey key, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> tag)
    {
        Span<byte> signed = stackalloc byte[MostHeader + PayloadLength], hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        header.CopyTo(signed);
        payload.CopyTo(signed[header.Length..]);
        HMACSHA256.HashData(key.TagKey, signed[..(header.Length + PayloadLength)], hash);
        hash[..TagLength].CopyTo(tag);
    }

    /// <summary>Done twice, it is undone.</summary>
    private static void Hide(CookieKey key, ReadOnlySpan<byte> tag, Span<byte> payload)
    {
        Span<byte> mask = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.MaskKey, tag, mask);
        for (var i = 0; i < PayloadLength; i++) payload[i] ^= mask[i];
    }

    /// <summary>
    /// False unless it is what these bytes are written as: the last letter has bits to spare, and the library passes over white space.
    /// </summary>
    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        Span<byte> again = stackalloc byte[PayloadText];
        Base64Url.DecodeFromUtf8(text, destination, out _, out _);
        return again[..Base64Url.EncodeToUtf8(destination, again)].SequenceEqual(text);
    }

    private static void WritePayload(Span<byte> payload, in CookieClaims claims)
    {
        BinaryPrimitives.WriteUInt64BigEndian(payload, claims.Session.Value);
        BinaryPrimitives.WriteUInt64BigEndian(payload[8..], claims.Backend);
        BinaryPrimitives.WriteUInt32BigEndian(payload[16..], claims.Pool);
        BinaryPrimitives.WriteUInt32BigEndian(payload[20..], claims.Version);
        BinaryPrimitives.WriteUInt32BigEndian(payload[24..], claims.BeganAt);
        BinaryPrimitives.WriteUInt32BigEndian(payload[28..], claims.RenewedAt);
    }

    private static CookieClaims ReadPayload(ReadOnlySpan<byte> payload) => new(
        new SessionKey(BinaryPrimitives.ReadUInt64BigEndian(payload)),
        BinaryPrimitives.ReadUInt64BigEndian(payload[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(payload[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(payload[20..]),
        BinaryPrimitives.ReadUInt32BigEndian(payload[24..]),
        BinaryPrimitives.ReadUInt32BigEndian(payload[28..]));
}

/// <summary>What our cookie says.</summary>
/// <param name="Session">Random.</param>
/// <param name="Backend"><see cref="Backends.Backend.Key"/>: of its stable name, never an address.</param>
/// <param name="Pool">The low 32 bits of the stable hash of the pool's name.</param>
/// <param name="Version">As of <see cref="Binding"/>.</param>
/// <param name="BeganAt">Unix seconds.</param>
/// <param name="RenewedAt">Unix seconds.</param>
public readonly record struct CookieClaims(SessionKey Session, ulong Backend, uint Pool, uint Version, uint BeganAt, uint RenewedAt);

/// <summary>Anything but <see cref="Valid"/> is treated as if there were no cookie, and counted.</summary>
public enum CookieStatus
{
    Valid,

    /// <summary>Not of our form: cut short, too long, binary.</summary>
    Malformed,

    /// <summary>Signed with a key that is not in force, or not any more.</summary>
    UnknownKey,

    /// <summary>Its tag does not fit.</summary>
    Forged,

    /// <summary>Of another pool.</summary>
    Foreign,

    /// <summary>Not renewed in time, or too old altogether.</summary>
    Expired,
}
